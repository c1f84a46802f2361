import { sentenceOf } from '../errors.ts';
import { readMachine, saveMachine } from '../store/machine.ts';
import { clientSettings, dockerVariables, proxyException } from './client.ts';
import { create } from './create.ts';
import { leaseHolder, takeLease } from './lease.ts';
import { partsText } from './parts.ts';
import { giveBack, type Lent, specificationOf, takeFromPool } from './pool.ts';
import { removeUnlessGone } from './remove.ts';
import type { CreateRequest } from './request.ts';
import { uninterrupted, type Work, withMachine } from './work.ts';

export interface RunRequest {
  readonly machine: CreateRequest;
  /** Take a machine that waits, if there is one, and let up to so many wait afterwards; absent: one of its own. */
  readonly pool?: number;
  /** Leave the machine where it cannot be made, or where the use of it fails. */
  readonly keepOnFailure: boolean;
}

/**
 * What is done with the machine; gives an exit code.
 * @param variables for the docker command line; those that are undefined must not be set
 */
export type Use = (name: string, variables: Variables) => Promise<number>;

export type Variables = Readonly<Record<string, string | undefined>>;

/** How it ended. */
export interface Ran {
  readonly name: string;
  /** What the use gave; undefined where it did not come to that. */
  readonly code?: number;
  /** Why it did not. */
  readonly error?: unknown;
  /** `kept` as it was asked for, `waiting` for the next run, `left` though it should be gone. */
  readonly fate: 'removed' | 'kept' | 'waiting' | 'left';
  /** Why it is left. */
  readonly reason?: unknown;
}

/** Makes a machine, has it used, and removes it whatever happens; with a pool takes one and gives it back. Never throws. */
export async function run(work: Work, request: RunRequest, use: Use): Promise<Ran> {
  let lent: Lent;
  try {
    lent = await borrow(work, request);
  } catch (error) {
    const { name } = request.machine;
    const isLeft = await isHalfMade(work, name);
    return { name, error, fate: isLeft ? (request.keepOnFailure ? 'kept' : 'left') : 'removed' };
  }
  try {
    return await used(work, request, lent, use);
  } finally {
    await lent.release();
  }
}

/** Of a run: another machine of this name is none of ours. */
async function isHalfMade(work: Work, name: string): Promise<boolean> {
  const machine = await readMachine(work.store, name).catch(() => undefined);
  return machine?.forRun !== undefined && machine.phase !== 'ready' && (await leaseHolder(work, name)) === undefined;
}

/** What there is of a machine now, for a person: its parts, or its record where it has none; empty when it is gone. */
export async function whatIsLeft(work: Work, name: string): Promise<string> {
  const machine = await readMachine(work.store, name).catch(() => undefined);
  if (machine === undefined) return '';
  return partsText(machine) || 'its record';
}

async function borrow(work: Work, { machine, pool, keepOnFailure }: RunRequest): Promise<Lent> {
  const specification = pool === undefined ? undefined : await specificationOf(machine);
  const taken = specification === undefined ? undefined : await takeFromPool(work, specification, machine.ttl);
  if (taken) return taken;
  const { name } = machine;
  const release = await takeLease(work, name);
  try {
    const forRun = specification === undefined ? {} : { specification };
    await create(work, { ...machine, forRun, keepOnFailure });
    return { name, release };
  } catch (error) {
    await release();
    throw error;
  }
}

async function used(work: Work, request: RunRequest, lent: Lent, use: Use): Promise<Ran> {
  const { name } = lent;
  const outcome = await variablesFor(work, name)
    .then((variables) => use(name, variables))
    .then(
      (code) => ({ code }),
      (error: unknown) => ({ error }),
    );
  const failed = 'error' in outcome || outcome.code !== 0;
  try {
    const fate = await leave(uninterrupted(work), request, lent, failed);
    return { name, ...outcome, fate };
  } catch (reason) {
    return { name, ...outcome, fate: 'left', reason };
  }
}

async function variablesFor(work: Work, name: string): Promise<Variables> {
  const settings = await clientSettings(work, name);
  const variables = { ...dockerVariables(name, settings), DOCKER_CONTEXT: undefined };
  const hasProxy = PROXIES.some((each) => work.env[each]);
  return hasProxy ? { ...variables, ...proxyException(work.env, new URL(settings.url).hostname) } : variables;
}

/** By which the docker command line is led to a proxy; we reached the machine without. */
const PROXIES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'];

async function leave(work: Work, request: RunRequest, lent: Lent, failed: boolean): Promise<Ran['fate']> {
  const { name } = lent;
  if (failed && request.keepOnFailure) {
    await keep(work, name);
    return 'kept';
  }
  if (request.pool !== undefined && (await isGivenBack(work, lent, request.pool))) return 'waiting';
  await removeUnlessGone(work, name);
  return 'removed';
}

/** From now on it is a machine like any other. */
async function keep(work: Work, name: string): Promise<void> {
  await withMachine(work, name, async () => {
    const machine = await readMachine(work.store, name);
    delete machine.forRun;
    await saveMachine(work.store, machine);
  });
}

/** What cannot be made good for others is not kept for them. */
async function isGivenBack(work: Work, lent: Lent, most: number): Promise<boolean> {
  return giveBack(work, lent, most).catch((error: unknown) => {
    const detail = `it cannot be used again: ${sentenceOf(error)}`;
    work.report({ machine: lent.name, stage: 'give it back', state: 'note', detail });
    return false;
  });
}
