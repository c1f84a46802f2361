/**
 * Preloaded into the command line (node --import): names every operation that changes a file, every external program and
 * every signal to another process, and ends the process with SIGKILL at the one that was asked for. Reading changes
 * nothing: a death beside it is the same as one at the neighbouring change.
 *
 * What the system does in several steps (removing a folder with what is in it, making several folders) is done here in
 * those steps, each an operation of its own, since a death can come between any two of them.
 *
 * An operation is named by what it does, by the files without what is random in their names, and by how often that was
 * done before: "rename store/machines/dev/driver.KEY store/machines/dev/driver 1".
 *
 * SLIPWAY_FAULT_JOURNAL  a file that gets the name of every operation as it begins, one a line
 * SLIPWAY_FAULT_STATES   a folder that gets a copy of the store and of docker's settings before each, by its line
 * SLIPWAY_FAULT_BEFORE   die before the operation of this name
 * SLIPWAY_FAULT_LATEST   die before this one too, should the other not come: a run that goes on is of no use
 * SLIPWAY_FAULT_FULL     the disk is full when the operation of this name begins, and stays so: what needs space fails. In
 *                        a process that lives on it may be changed: then there is space again, and all is counted anew
 * SLIPWAY_FAULT_STARTED  die when the program of this name has been started
 * SLIPWAY_FAULT_DURING   die a moment after that, or after as many milliseconds as SLIPWAY_FAULT_MOMENT says
 */
import childProcess from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const { closeSync, constants, cpSync, lstatSync, mkdirSync, openSync, readdirSync, rmdirSync, unlinkSync, writeSync } =
  fs;
const { SLIPWAY_FAULT_JOURNAL, SLIPWAY_FAULT_STATES } = process.env;
const { SLIPWAY_FAULT_BEFORE, SLIPWAY_FAULT_LATEST, SLIPWAY_FAULT_STARTED, SLIPWAY_FAULT_DURING } = process.env;
const { kill } = process;

/** In milliseconds; long enough for a program to have begun, short enough for most not to be done. */
const MOMENT = Number(process.env.SLIPWAY_FAULT_MOMENT ?? 40);

const places = ({ SLIPWAY_HOME, DOCKER_CONFIG, TMPDIR, HOME } = process.env) =>
  [
    [SLIPWAY_HOME, 'store'],
    [DOCKER_CONFIG, 'docker'],
    [TMPDIR, 'tmp'],
    [HOME, 'home'],
  ].filter(([path]) => path);

const journal = SLIPWAY_FAULT_JOURNAL && openSync(SLIPWAY_FAULT_JOURNAL, 'a');
const times = new Map();
let line = 0;
let copying = false;
let full = false;
let { SLIPWAY_FAULT_FULL: fullAt } = process.env;

/** What makes nothing smaller. */
const NEEDS_SPACE = /append|copy|link|mkdir|open|write|symlink|rename/i;

/** Names one operation, and dies before it where that was asked for. */
function begin(what, ...on) {
  if (copying) return ''; // what copies uses what is wrapped here
  if (process.env.SLIPWAY_FAULT_FULL !== fullAt) beginAnew();
  const plain = [what, ...on.map(place)].join(' ');
  const count = (times.get(plain) ?? 0) + 1;
  times.set(plain, count);
  const name = `${plain} ${count}`;
  line += 1;
  if (journal) writeSync(journal, `${name}\n`);
  if (SLIPWAY_FAULT_STATES) copyState(join(SLIPWAY_FAULT_STATES, String(line)));
  if (name === SLIPWAY_FAULT_BEFORE || name === SLIPWAY_FAULT_LATEST) die();
  full ||= name === fullAt;
  if (full && NEEDS_SPACE.test(what)) throw noSpace(what, on[0]);
  return name;
}

function beginAnew() {
  fullAt = process.env.SLIPWAY_FAULT_FULL;
  full = false;
  times.clear();
}

/** A death leaves files as they are; the machine's disk and what is no file are none of ours. */
function copyState(target) {
  copying = true;
  for (const [folder, name] of places().slice(0, 2)) {
    const filter = (path) => !/\/(cache|disk\.qcow2|qmp)$/.test(path);
    const options = { recursive: true, filter, verbatimSymlinks: true };
    if (lstatSync(folder, { throwIfNoEntry: false })) cpSync(folder, join(target, name), options);
  }
  copying = false;
}

function noSpace(what, path) {
  const syscall = what.replace(/^handle\./, '').replace('Sync', '');
  const error = new Error(`ENOSPC: no space left on device, ${syscall} '${path}'`);
  return Object.assign(error, { code: 'ENOSPC', errno: -28, syscall, path });
}

function die() {
  kill.call(process, process.pid, 'SIGKILL');
}

/** A path without what is different each time. */
function place(path) {
  if (path === undefined) return '';
  const known = places().reduce((text, [folder, name]) => text.replace(folder, name), String(path));
  return known
    .replace(/\.[0-9a-f-]+\.draft\b/, '.draft')
    .replace(/slipway-[0-9a-f]{8}-[a-z0-9-]+-[0-9a-f]{8}/g, 'KEY')
    .replace(/\b\d+-[0-9a-f]{12}\b/g, 'PID')
    .replace(/\b[0-9a-f]{64}\b/g, 'ID')
    .replace(/\b[0-9a-f]{8}\b/g, 'ID');
}

/** Every path by which a handle was opened, since a handle does not tell. */
const paths = new WeakMap();
const opensForWriting = (flags = 'r') => flags !== 'r' && flags !== constants.O_RDONLY;

function wrap(owner, name, instead) {
  const original = owner[name];
  owner[name] = function wrapped(...args) {
    return instead.call(this, original.bind(this), args);
  };
}

function wrapChange(owner, name) {
  const plain = name.replace('Sync', '');
  const [first, end] = { copyFile: [0, 2], link: [0, 2], rename: [0, 2], symlink: [1, 2] }[plain] ?? [0, 1];
  const now = (original, args) => {
    begin(name, ...args.slice(first, end));
    return original(...args);
  };
  wrap(owner, name, owner === fs.promises ? async (original, args) => now(original, args) : now);
}

const CHANGES = [
  'appendFile',
  'chmod',
  'chown',
  'copyFile',
  'lchown',
  'link',
  'lutimes',
  'mkdtemp',
  'rename',
  'rmdir',
  'symlink',
  'truncate',
  'unlink',
  'utimes',
  'writeFile',
];

for (const name of CHANGES) {
  wrapChange(fs.promises, name);
  wrapChange(fs, `${name}Sync`);
}

wrap(fs, 'openSync', (original, args) => {
  if (opensForWriting(args[1])) begin('openSync', args[0]);
  return original(...args);
});

wrap(fs.promises, 'open', async (original, args) => {
  const writing = opensForWriting(args[1]);
  if (writing) begin('open', args[0]);
  const handle = await original(...args);
  if (writing) paths.set(handle, args[0]);
  return handle;
});

const handle = await fs.promises.open('/dev/null');
const FileHandle = Object.getPrototypeOf(handle);
await handle.close();
for (const name of [
  'appendFile',
  'chmod',
  'chown',
  'createWriteStream',
  'truncate',
  'utimes',
  'write',
  'writeFile',
  'writev',
]) {
  const now = (handle, original, args) => {
    begin(`handle.${name}`, paths.get(handle));
    return original(...args);
  };
  const later = async (...all) => now(...all);
  wrap(FileHandle, name, function change(original, args) {
    return (name === 'createWriteStream' ? now : later)(this, original, args);
  });
}

wrap(fs.promises, 'mkdir', async (original, [path, options]) => {
  if (!options?.recursive) {
    begin('mkdir', path);
    return original(path, options);
  }
  return makeFolders(resolve(String(path)), options.mode);
});

/** Gives the highest folder that was made, as mkdir does. */
function makeFolders(path, mode) {
  if (lstatSync(path, { throwIfNoEntry: false })) return undefined;
  const highest = makeFolders(dirname(path), mode);
  begin('mkdir', path);
  mkdirSync(path, { mode, recursive: true }); // another process may have been quicker
  return highest ?? path;
}

wrap(fs.promises, 'rm', async (original, [path, options]) => {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (!there) return original(path, options);
  if (there.isDirectory() && options?.recursive) return removeFolder(String(path));
  begin('rm', path);
  return original(path, options);
});

function removeFolder(path) {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inside = join(path, entry.name);
    if (entry.isDirectory()) {
      removeFolder(inside);
      continue;
    }
    begin('rm', inside);
    unlinkSync(inside);
  }
  begin('rmdir', path);
  rmdirSync(path);
}

for (const name of ['spawn', 'spawnSync', 'execFile', 'execFileSync', 'fork']) {
  wrap(childProcess, name, (original, [program, args, ...others]) => {
    const started = begin(name, program, Array.isArray(args) ? args[0] : '');
    const child = original(program, args, ...others);
    if (started === SLIPWAY_FAULT_STARTED) die();
    if (started === SLIPWAY_FAULT_DURING) setTimeout(die, MOMENT);
    return child;
  });
}

wrap(process, 'kill', (original, [pid, signal]) => {
  if (signal !== 0) begin('kill', signal);
  return original(pid, signal);
});

syncBuiltinESMExports();
process.on('exit', () => journal && closeSync(journal));
