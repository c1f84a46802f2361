import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SlipwayError, sentenceOf } from '../errors.ts';
import { clean } from '../provision/index.ts';
import { withLock } from '../store/lock.ts';
import { listMachines, type Machine, readMachine } from '../store/machine.ts';
import { requireReady } from './client.ts';
import { verifyEngine } from './engine.ts';
import { withHost } from './host.ts';
import { leaseHolder, type Release, takeLease } from './lease.ts';
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
  const { driver, flags, engine, tls, ingress, access, jump, hostname, ttl, idle } = request;
  const files = await Promise.all(request.cloudInit.map((path) => readFile(path, 'utf8').catch(() => path)));
  const asked = {
    driver,
    flags: Object.entries(flags).sort(),
    engine,
    tls,
    ingress,
    access,
    jump,
    hostname,
    ttl,
    idle,
  };
  return createHash('sha256')
    .update(JSON.stringify([asked, files]))
    .digest('hex')
    .slice(0, 16);
}

/**
 * Takes a machine of this specification that nobody uses, as good as new. One that cannot be made so is removed.
 * Undefined where there is none.
 */
export async function takeFromPool(work: Work, specification: string): Promise<Lent | undefined> {
  const useless: string[] = [];
  for (;;) {
    const lent = await takeIdle(work, specification, useless);
    if (lent === undefined) return undefined;
    try {
      await makeFit(work, lent.name);
      return lent;
    } catch (error) {
      if (work.signal?.aborted) throw error;
      useless.push(lent.name);
      await discard(work, lent.name, error);
    } finally {
      if (useless.includes(lent.name) || work.signal?.aborted) await lent.release();
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

async function makeFit(work: Work, name: string): Promise<void> {
  const machine = await readMachine(work.store, name);
  requireReady(machine);
  const left = Date.parse(machine.lifetime?.ends ?? '') - Date.now();
  if (left < WORTHWHILE) throw new SlipwayError('failed', `The time of "${name}" is nearly over`);
  await cleanUp(work, machine);
  await verifyEngine(work, machine);
}

/** What is left of a machine's time shall do for something. */
const WORTHWHILE = 10 * 60_000;

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
