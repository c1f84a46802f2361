/**
 * Preloaded into the command line (node --import): lets a new machine go on where another one was stopped, so that its
 * boot takes a second. QEMU starts with that one's memory and disk, so the keys and the certificate that are in them
 * must be made again: what makes them gives what it gave then.
 *
 * SLIPWAY_CHECKPOINT  the folder with what was recorded; with `memory` in it machines go on, without they are recorded
 */
import childProcess from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { registerHooks, syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

// As they are now: kill.mjs counts what is called later.
const { constants, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } = fs;
const folder = process.env.SLIPWAY_CHECKPOINT;
const memory = join(folder, 'memory');

/** What is given again for the same arguments, whatever the machine's name, by the module that makes it. */
const MADE = { '/dist/ssh/keys.js': 'generateKey', '/dist/certs/issue.js': 'createServer' };
const MARK = '?recorded';

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    const isMade = Object.keys(MADE).some((end) => found.url.endsWith(end));
    return isMade && !context.parentURL?.endsWith(MARK) ? { ...found, url: found.url + MARK } : found;
  },
  load(url, context, next) {
    if (!url.endsWith(MARK)) return next(url, context);
    const real = url.slice(0, -MARK.length);
    const name = MADE[Object.keys(MADE).find((end) => real.endsWith(end))];
    const source = `
      import { ${name} as real } from '${real}';
      import { again } from '${import.meta.url}';
      export * from '${real}';
      export const ${name} = (...words) => again('${name}', words, () => real(...words));
    `;
    return { format: 'module', source, shortCircuit: true };
  },
});

/** Gives what was recorded for these words; records it where a checkpoint is being made. */
export async function again(name, words, make) {
  const id = createHash('sha256')
    .update(JSON.stringify(words.map(nameless)))
    .digest('hex')
    .slice(0, 16);
  const path = join(folder, 'recorded', `${name}-${id}.json`);
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8'));
  const made = await make();
  if (existsSync(memory)) return made;
  mkdirSync(join(folder, 'recorded'), { recursive: true });
  writeFileSync(path, JSON.stringify(made));
  return made;
}

/** The comment of a key ends with the machine's name. */
function nameless(word) {
  return typeof word === 'string' ? word.slice(0, word.lastIndexOf(' ')) : word;
}

const { spawn } = childProcess;
childProcess.spawn = function spawnAgain(program, words, options) {
  const isMachine = program.startsWith('qemu-system') && words[0] === '-name';
  if (!isMachine || !existsSync(memory)) return spawn(program, words, options);
  copyFileSync(join(folder, 'disk.qcow2'), join(options.cwd, 'disk.qcow2'), constants.COPYFILE_FICLONE);
  return spawn(program, [...words, '-incoming', `exec:cat '${memory}'`], options);
};
syncBuiltinESMExports();
