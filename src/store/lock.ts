import { randomBytes } from 'node:crypto';
import { readdir, readlink, rm, symlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf, SlipwayError } from '../errors.ts';
import { makeFolder } from '../files.ts';
import { type Turns, turns } from '../turns.ts';
import { isAlive, startOf } from './process.ts';

/** Who holds a lock. */
export interface Holder {
  pid: number;
  /** When that process started, as the system counts it: a pid is used again, this pair is not. */
  start: string;
  host: string;
  /** What it was asked to do, shortened: "slipway create dev". */
  command: string;
  since: string;
}

export interface LockOptions {
  /** For how many milliseconds to wait for a living holder; half a minute when absent. */
  wait?: number;
  /** Told once, when there is a holder to wait for that is another process. */
  waiting?: (holder: Holder) => void;
  signal?: AbortSignal | undefined;
}

const WAIT = 30_000;

/** PID-NONCE, behind the lock's name and a dot. */
const OWN_PART = /^\d+-[0-9a-f]{12}$/;

/** What a link can say everywhere is 1023 bytes long (macOS); a letter may take six of them. */
const LONGEST_COMMAND = 100;

/**
 * Does the work while no other living process holds the lock of this name.
 *
 * Whoever wants the lock makes a link of its own name, then looks at all of them: alone, it holds the lock; else it
 * takes its link back and waits. Two that come at once see each other, and both step back for a random moment. A link
 * whose process is dead counts for nothing, and since its name is unique anybody may delete it: no lock is ever stale.
 * It leads nowhere: its target says who made it, so that it is there with all that it says, or not at all.
 * @throws SlipwayError `busy`, naming the holder, when the wait is over
 */
export async function withLock<T>(
  folder: string,
  name: string,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const release = await takeLock(folder, name, options);
  try {
    return await work();
  } finally {
    await release();
  }
}

/** As `withLock`, for a lock that is held until what this gives is called; to call that again does nothing. */
export async function takeLock(folder: string, name: string, options: LockOptions = {}): Promise<() => Promise<void>> {
  const began = performance.now();
  let leave: (() => void) | undefined = await ownTurn(folder, name, options);
  const release = async (path?: string) => {
    if (path !== undefined) await rm(path, { force: true });
    leave?.();
    leave = undefined;
  };
  try {
    const path = await acquire(folder, name, began, options);
    return () => release(path);
  } catch (error) {
    await release();
    throw error;
  }
}

/** The living process that holds the lock of this name now, if there is one. */
export async function lockHolder(folder: string, name: string): Promise<Holder | undefined> {
  return (await livingHolders(folder, name))[0];
}

/** Every lock that a living process holds now, by its name. */
export async function heldLocks(folder: string): Promise<ReadonlyMap<string, Holder>> {
  const files = ((await readdir(folder).catch(absent)) ?? []).filter((file) => OWN_PART.test(ownPartOf(file)));
  const held = await Promise.all(
    files.map(async (file) => [nameOf(file), await readHolder(join(folder, file))] as const),
  );
  return new Map(held.flatMap(([name, holder]) => (holder ? [[name, holder] as const] : [])));
}

/** Those of this process stand in line, so that a hundred of them do not look at each other's links again and again. */
const lines = new Map<string, Turns>();

async function ownTurn(folder: string, name: string, { wait = WAIT, signal }: LockOptions): Promise<() => void> {
  const path = join(folder, name);
  const line = lines.get(path) ?? turns(1);
  lines.set(path, line);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), wait);
  try {
    const leave = await line.enter(signal ? AbortSignal.any([signal, late.signal]) : late.signal);
    return () => {
      leave();
      if (line.idle) lines.delete(path);
    };
  } catch {
    throw signal?.aborted ? interrupted(name) : busy(name, await ownHolder());
  } finally {
    clearTimeout(timer);
  }
}

async function acquire(folder: string, name: string, began: number, options: LockOptions): Promise<string> {
  await makeFolder(folder);
  await sweep(folder);
  const end = began + (options.wait ?? WAIT);
  const path = join(folder, `${name}.${process.pid}-${randomBytes(6).toString('hex')}`);
  for (let told = false; ; ) {
    let holder = await lockHolder(folder, name);
    if (holder === undefined) {
      holder = await tryOnce(folder, name, path);
      if (holder === undefined) return path;
    }
    if (options.signal?.aborted) throw interrupted(name);
    if (performance.now() > end) throw busy(name, holder);
    if (!told) options.waiting?.(holder);
    told = true;
    await delay(20 + Math.random() * 80);
  }
}

/** Removes what dead processes left of any lock: one of that name may never be wanted again. */
async function sweep(folder: string): Promise<void> {
  const files = await readdir(folder);
  const locks = files.filter((file) => OWN_PART.test(ownPartOf(file)));
  await Promise.all(locks.map((file) => readHolder(join(folder, file))));
}

function ownPartOf(file: string): string {
  return file.slice(file.lastIndexOf('.') + 1);
}

function nameOf(file: string): string {
  return file.slice(0, file.lastIndexOf('.'));
}

async function tryOnce(folder: string, name: string, path: string): Promise<Holder | undefined> {
  await symlink(JSON.stringify(await ownHolder()), path);
  const others = await livingHolders(folder, name, basename(path));
  if (others.length === 0) return undefined;
  await rm(path, { force: true });
  return others[0];
}

async function ownHolder(): Promise<Holder> {
  return {
    pid: process.pid,
    start: await startOf(process.pid),
    host: hostname(),
    command: ['slipway', ...process.argv.slice(2)].join(' ').slice(0, LONGEST_COMMAND),
    since: new Date().toISOString(),
  };
}

async function livingHolders(folder: string, name: string, except?: string): Promise<Holder[]> {
  const files = (await readdir(folder).catch(absent)) ?? [];
  const ofName = (file: string) => file.startsWith(`${name}.`) && OWN_PART.test(file.slice(name.length + 1));
  const holders: Holder[] = [];
  for (const file of files.filter((each) => ofName(each) && each !== except)) {
    const holder = await readHolder(join(folder, file));
    if (holder) holders.push(holder);
  }
  return holders;
}

async function readHolder(path: string): Promise<Holder | undefined> {
  const holder = parse(await readlink(path).catch(() => '')); // gone meanwhile, or no link and so no lock
  if (holder && (holder.host !== hostname() || (await isAlive(holder.pid, holder.start)))) return holder;
  await rm(path, { force: true });
  return undefined;
}

function parse(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

function absent(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}

function interrupted(name: string): SlipwayError {
  return new SlipwayError('interrupted', `Interrupted while waiting for ${name}`);
}

function busy(name: string, holder: Holder): SlipwayError {
  return new SlipwayError(
    'busy',
    `"${name}" is in use by process ${holder.pid} ("${holder.command}") since ${holder.since}`,
    { hint: `Wait for it to end, or end it: kill ${holder.pid}` },
  );
}
