import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { sentenceOf } from '../errors.ts';
import { clean } from '../provision/index.ts';
import { withLock } from '../store/lock.ts';
import { listMachines, type Machine, readMachine } from '../store/machine.ts';
import { requireReady } from './client.ts';
import { verifyEngine } from './engine.ts';
import { extend } from './extend.ts';
import { withHost } from './host.ts';
import { leaseHolder, type Release, takeLease } from './lease.ts';
import { RUN_TTL } from './lifetime.ts';
import { removeUnlessGone } from './remove.ts';
import type { CreateRequest } from './request.ts';
import { sharedLock, uninterrupted, type Work } from './work.ts';

/** A machine, and the lease of it. */
export interface Lent {
  readonly name: string;
  readonly release: Release;
}

/** What a machine is asked to be, in short: the same for requests that one machine answers as well as the other. */
export async function specificationOf(request: CreateRequest): Promise<string> {
  const { driver, flags, engine, tls, ingress, access, jump, hostname, idle } = request;
  const files = await Promise.all(request.cloudInit.map((path) => readFile(path, 'utf8').catch(() => path)));
  const asked = [driver, Object.entries(flags).sort(), engine, tls, ingress, access, jump, hostname, idle, files];
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex').slice(0, 16);
}

/**
 * Takes a machine of this specification that nobody uses, as good as new. One that cannot be made so is removed.
 * Undefined where there is none.
 * @param ttl the time that it shall have, in seconds, where that was asked for
 */
export async function takeFromPool(
  work: Work,
  specification: string,
  ttl: number | undefined,
): Promise<Lent | undefined> {
  const useless: string[] = [];
  for (;;) {
    const lent = await takeIdle(work, specification, useless);
    if (lent === undefined) return undefined;
    try {
      await makeFit(work, lent.name, ttl);
      return lent;
    } catch (error) {
      if (!work.signal?.aborted) await discard(work, lent.name, error);
      await lent.release();
      if (work.signal?.aborted) throw error;
      useless.push(lent.name);
    }
  }
}

/** Gives the machine back, as good as new, unless as many of its kind as `most` wait already: then false. */
export async function giveBack(work: Work, { name, release }: Lent, most: number): Promise<boolean> {
  const machine = await readMachine(work.store, name);
  const specification = machine.forRun?.specification;
  if (specification === undefined) return false;
  await cleanUp(work, machine);
  return alone(work, specification, async () => {
    if ((await idle(work, specification)).length >= most) return false;
    await release();
    return true;
  });
}

async function takeIdle(work: Work, specification: string, useless: readonly string[]): Promise<Lent | undefined> {
  return alone(work, specification, async () => {
    const name = (await idle(work, specification)).find((each) => !useless.includes(each));
    return name === undefined ? undefined : { name, release: await takeLease(work, name) };
  });
}

/** The names of those that wait. */
async function idle(work: Work, specification: string): Promise<string[]> {
  const listed = await listMachines(work.store);
  const machines = listed.flatMap((each) => ('machine' in each ? [each.machine] : []));
  const alike = machines.filter(({ phase, forRun }) => phase === 'ready' && forRun?.specification === specification);
  const holders = await Promise.all(alike.map(({ name }) => leaseHolder(work, name)));
  return alike.filter((_, index) => holders[index] === undefined).map(({ name }) => name);
}

async function alone<T>(work: Work, specification: string, use: () => Promise<T>): Promise<T> {
  return withLock(work.store.locks, sharedLock(`pool-${specification}`), use, { signal: work.signal });
}

async function makeFit(work: Work, name: string, ttl: number | undefined): Promise<void> {
  const machine = await readMachine(work.store, name);
  requireReady(machine);
  await cleanUp(work, machine);
  await verifyEngine(work, machine);
  await giveTime(work, machine, ttl);
}

/**
 * Lets the machine's time begin anew. Where the place does not allow that, what is left must do: most of what was asked
 * for, or, where nothing was, an hour.
 */
async function giveTime(work: Work, { name, lifetime }: Machine, ttl: number | undefined): Promise<void> {
  if (lifetime?.ends === undefined) return;
  const left = Math.floor((Date.parse(lifetime.ends) - Date.now()) / 1000);
  const enough = ttl === undefined ? 3600 : ttl * 0.9;
  const wanted = ttl ?? RUN_TTL;
  if (left > wanted * 0.9) return;
  await extend(work, name, wanted - Math.max(0, left)).catch((error: unknown) => {
    if (left < enough) throw error;
  });
}

async function cleanUp(work: Work, machine: Machine): Promise<void> {
  await withHost(work, machine, (host) => host.carryOut(clean));
}

async function discard(work: Work, name: string, why: unknown): Promise<void> {
  const note = (detail: string) => work.report({ machine: name, stage: 'reuse', state: 'note', detail });
  note(`it cannot be used again, and is removed: ${sentenceOf(why)}`);
  await removeUnlessGone(uninterrupted(work), name).catch((error: unknown) =>
    note(`it could not be removed either: ${sentenceOf(error)}. Try again: slipway rm ${name}`),
  );
}
