import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { builtImage } from '../../src/drivers/qemu/build.ts';
import { withMonitor } from '../../src/drivers/qemu/qmp.ts';
import { hostArch } from '../../src/drivers/qemu/settings.ts';
import { waitFor } from '../../src/poll.ts';
import { output } from '../../src/program.ts';
import { withLock } from '../../src/store/lock.ts';
import { newSite, sharedImages } from '../drivers/site.ts';
import { NAME, newWorld, type World } from './world.ts';

/** A machine that was made to the end and stopped, for others to go on from; see recorded.mjs. */
export interface Checkpoint {
  /** The value of SLIPWAY_CHECKPOINT. */
  readonly folder: string;
  /** The driver's cache, with the image in it. */
  readonly images: string;
  /** A home whose store has the id and the authority that the machine was made with, and no machine. */
  readonly empty: string;
  /** A home with the finished machine, without its disk. */
  readonly ready: string;
  /** What `create` did in a store that was new, an operation a line, as kill.mjs names them. */
  readonly journal: readonly string[];
  /** The home as it was before the operation of this line, counted from one. */
  state(line: number): string;
}

export const CREATE_FLAGS = ['--qemu-image', 'build', '--progress', 'plain'];
export const CREATE = ['create', NAME, ...CREATE_FLAGS];

/** The checkpoint that all tests of a run share, and the runs after it until the image or the product changes. */
export async function checkpoint(): Promise<Checkpoint> {
  const cache = dirname(sharedImages);
  return withLock(join(cache, 'locks'), 'checkpoint', () => madeOnce(join(cache, 'checkpoint')), { wait: 20 * 60_000 });
}

async function madeOnce(folder: string): Promise<Checkpoint> {
  const { site, remove } = await newSite({ cache: sharedImages });
  const image = await builtImage(site, true, hostArch()).finally(remove);
  const current = `${folder}-${await fingerprint(image.folder)}`;
  if (!existsSync(current)) {
    await discardOthers(folder);
    await make(`${folder}.draft`);
    await rename(`${folder}.draft`, current);
  }
  return {
    folder: current,
    images: sharedImages,
    empty: join(current, 'empty'),
    ready: join(current, 'ready'),
    journal: (await readFile(join(current, 'journal'), 'utf8')).trimEnd().split('\n'),
    state: (line) => join(current, 'states', String(line)),
  };
}

/** Of what the machine, and what was recorded while it was made, came from. */
async function fingerprint(image: string): Promise<string> {
  const { ino, mtimeMs } = await stat(join(image, 'image.json'));
  const qemu = await output(`qemu-system-${hostArch()}`, ['--version']);
  const scripts = await readdir('src/provision', { recursive: true, withFileTypes: true });
  const texts = scripts
    .filter((each) => each.isFile())
    .map((each) => readFile(join(each.parentPath, each.name), 'utf8'));
  const all = [image, ino, mtimeMs, qemu, ...(await Promise.all(texts))].join('\n');
  return createHash('sha256').update(all).digest('hex').slice(0, 16);
}

async function discardOthers(folder: string): Promise<void> {
  const names = await readdir(dirname(folder));
  const old = names.map((name) => join(dirname(folder), name)).filter((path) => path.startsWith(folder));
  for (const path of old) await rm(path, { recursive: true, force: true });
}

async function make(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const world = await newWorld({ images: sharedImages });
  try {
    const faults = { SLIPWAY_CHECKPOINT: folder, SLIPWAY_FAULT_STATES: join(folder, 'states') };
    await expectSuccess(world, CREATE, { ...faults, SLIPWAY_FAULT_JOURNAL: join(folder, 'journal') });
    await keepWorld(world, join(folder, 'ready'));
    await keepFiles(world, join(folder, 'empty'), ['id', 'authorities']);
    await expectSuccess(world, ['ssh', NAME, `echo ${await preparation(folder)} | base64 -d | sudo sh`]);
    await freeze(world, folder);
  } finally {
    await world.remove();
  }
}

async function expectSuccess(world: World, words: readonly string[], faults: NodeJS.ProcessEnv = {}): Promise<void> {
  const { code, stdout, stderr } = await world.slipway(words, faults);
  if (code !== 0) throw new Error(`slipway ${words.join(' ')} failed:\n${stdout}${stderr}`);
}

const CLOCK = Buffer.from(`
  behind() { read -r now </sys/class/rtc/rtc0/since_epoch; printf -v own '%(%s)T' -1; [ $((now - own)) -gt 3 ]; }
  until behind; do sleep 1; done
  date -s "@$now"
`);

/**
 * The host shows the key again that create knows it by at first; once it goes on, later, it sets its clock by the one
 * in its hardware, which QEMU keeps right, as others do by the network; and it keeps little in its memory.
 */
async function preparation(folder: string): Promise<string> {
  const recorded = await readdir(join(folder, 'recorded'));
  const texts = await Promise.all(recorded.map((file) => readFile(join(folder, 'recorded', file), 'utf8')));
  const pairs = texts.map((text) => JSON.parse(text) as { privateKey?: string; publicKey?: string });
  const key = pairs.find(({ publicKey }) => publicKey?.includes('bootstrap'));
  const script = `
    set -e
    cat >/etc/ssh/ssh_host_ed25519_key <<'END'\n${key?.privateKey?.trim()}\nEND
    echo '${key?.publicKey}' >/etc/ssh/ssh_host_ed25519_key.pub
    systemctl reload ssh
    echo '${CLOCK.toString('base64')}' | base64 -d >/run/clock
    systemd-run --quiet bash /run/clock
    sync
    echo 3 >/proc/sys/vm/drop_caches
  `;
  return Buffer.from(script).toString('base64');
}

/** Puts the machine's memory and disk aside, as they are at one moment. */
async function freeze(world: World, folder: string): Promise<void> {
  const driver = world.store.machine(NAME).driver;
  await withMonitor(join(driver, 'qmp'), async (ask) => {
    await ask('migrate-set-parameters', { 'max-bandwidth': 10_000_000_000 });
    await ask('migrate', { uri: `exec:cat > '${join(folder, 'memory')}'` });
    await waitFor({ what: "the machine's memory to be written", limit: 120_000, pause: 200 }, async () => {
      const { status } = (await ask('query-migrate')) as { status: string };
      if (status === 'failed') throw new Error('The memory cannot be written');
      return status === 'completed' ? true : undefined;
    });
  });
  const disk = join(folder, 'disk.qcow2');
  await cp(join(driver, 'disk.qcow2'), disk);
  const info = await output('qemu-img', ['info', '--output=json', disk]);
  const backing = JSON.parse(info) as { 'backing-filename': string };
  const shared = backing['backing-filename'].replace(join(world.store.cache, 'qemu'), sharedImages);
  await output('qemu-img', ['rebase', '-u', '-F', 'raw', '-b', shared, disk]);
}

/** A copy of the home with the machine in it, without its disk and sockets. */
async function keepWorld(world: World, folder: string): Promise<void> {
  const without = /\/(cache|tmp|journal|disk\.qcow2|qmp)$/;
  await cp(world.home, folder, { recursive: true, verbatimSymlinks: true, filter: (path) => !without.test(path) });
}

async function keepFiles(world: World, folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await cp(join(world.store.root, name), join(folder, 'store', name), { recursive: true });
  }
}
