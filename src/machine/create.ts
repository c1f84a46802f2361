import type { Driver } from '../drivers/driver.ts';
import { codeOf, SlipwayError, sentenceOf } from '../errors.ts';
import { newHostKey } from '../provision/index.ts';
import {
  addMachine,
  eraseMachine,
  exists,
  hasFolder,
  type Machine,
  readMachine,
  saveMachine,
} from '../store/machine.ts';
import { type Authority, authorityOf } from './authority.ts';
import { type Birth, keepKey } from './bootstrap.ts';
import { firstThatCanBeHad } from './candidates.ts';
import { writeClientSide } from './context.ts';
import { driverOf } from './driving.ts';
import { refuseForeignContext } from './foreign.ts';
import { type Host, jumpTarget, knownEndpoint, withBootingHost } from './host.ts';
import { hostKeysOf, isPrint, shownKeysOf } from './hostkey.ts';
import { isOver, overTooSoon } from './lifetime.ts';
import { makeParts, unmakeParts } from './parts.ts';
import { endpointOnceUp } from './power.ts';
import { setUpHost } from './provision.ts';
import { removeLocked } from './remove.ts';
import { type CreateRequest, checkChoices, checkRequest, draft } from './request.ts';
import { checkSwarm, takePlaceInSwarm } from './swarm.ts';
import { tellerFor, uninterrupted, type Work, withMachine } from './work.ts';

/**
 * Makes a machine: the parts, the engine, the certificates, the context. What fails or is interrupted is undone, and
 * what a killed process left under this name is removed first.
 */
export async function create(work: Work, request: CreateRequest): Promise<Machine> {
  checkRequest(request);
  return withMachine(work, request.name, async () => {
    await clearInterrupted(work, request.name);
    const { machine, ...rest } = await prepare(work, request);
    try {
      await build(work, machine, rest);
      return machine;
    } catch (thrown) {
      const error = isOver(machine) ? overTooSoon(machine, thrown) : thrown;
      throw request.keepOnFailure ? kept(machine, error) : await undone(work, machine, error);
    }
  });
}

/** What a machine is made with. */
interface Making {
  readonly birth: Birth | undefined;
  /** Begun at once, and waited for when it is needed: in a new store it is made. */
  readonly authority: Promise<Authority>;
}

/** Checks all that can be checked for nothing, then writes the record. */
async function prepare(work: Work, request: CreateRequest): Promise<Making & { machine: Machine }> {
  const machine = await draft(work, request);
  const authority = authorityOf(work, machine.tls);
  authority.catch(() => undefined); // told to whoever waits for it
  const birth = await tellerFor(work, machine.name).stage('check', async () => {
    await refuseForeignContext(work, machine);
    await checkSwarm(work, machine.name, request.swarm);
    const born = await checkChoices(work, machine, request);
    if (!machine.adopted || machine.tls.files) await nameAuthority(machine, authority);
    await addMachine(work.store, machine);
    return born;
  });
  return { machine, birth, authority };
}

/** Waits for the authority, and writes into the record which one it is. */
async function nameAuthority(machine: Machine, authority: Promise<Authority>): Promise<void> {
  const { id } = await authority;
  if (id !== undefined) machine.tls = { ...machine.tls, authority: id };
}

async function build(work: Work, machine: Machine, { birth, authority }: Making): Promise<void> {
  if (birth) {
    await keepKey(work, machine.name, birth);
    const attempt = async (again: boolean) => {
      if (again) await (await driverOf(work, machine, birth.bootstrap)).check?.();
      await setUp(work, machine, await make(work, machine, birth));
    };
    const undo = async () => unmakeParts(work, machine, await driverOf(work, machine));
    await firstThatCanBeHad(work, machine, attempt, undo);
  } else await adopt(work, machine, authority);
  await takePlaceInSwarm(work, machine);
  machine.phase = 'ready';
  await saveMachine(work.store, machine);
  await writeClientSide(work, machine);
}

/** Waits for the host, and makes a docker host of it. */
async function setUp(work: Work, machine: Machine, driver: Driver): Promise<void> {
  const endpoint = () => endpointOnceUp(machine, driver);
  const use = async (host: Host) => {
    if (machine.hostKeys.length === 0) machine.hostKeys = [host.connection.hostKey];
    machine.endpoint = await endpoint();
    await saveMachine(work.store, machine);
    const seen = await host.facts();
    await replaceHostKey(work, machine, host);
    await setUpHost(work, machine, host, seen);
  };
  await withBootingHost(work, machine, endpoint, use, driver.hostKey === undefined ? undefined : [driver.hostKey]);
}

async function make(work: Work, machine: Machine, { bootstrap, hostKey }: Birth): Promise<Driver> {
  const driver = await driverOf(work, machine, bootstrap);
  machine.hostKeys = hostKey ? [hostKey.publicKey] : [];
  await makeParts(work, machine, driver);
  return driver;
}

/** Makes a docker host of one that somebody else made, and that shows a key which the user vouches for. */
async function adopt(work: Work, machine: Machine, authority: Promise<Authority>): Promise<void> {
  const driver = await driverOf(work, machine);
  machine.endpoint = await driver.endpoint({});
  const { host, sshPort: port } = knownEndpoint(machine);
  const stranger = {
    host,
    port,
    given: driver.hostKey,
    via: machine.jump && (await jumpTarget(work, machine, machine.jump)),
    accept: (print: string) => `add --generic-host-key ${print}`,
  };
  const check = (ask: typeof hostKeysOf) =>
    tellerFor(work, machine.name).stage('check the host key', () => ask(work, stranger));
  const hostKeys = await check(hostKeysOf);
  await takeOver(work, machine, authority, hostKeys).catch(async (error: unknown) => {
    if (machine.hostKeys.length > 0 || codeOf(error) !== 'unsafe') throw error;
    await takeOver(work, machine, authority, await check(shownKeysOf));
  });
}

/** @param hostKeys those that the host may show; a fingerprint gives way to the key itself, once that was shown */
async function takeOver(
  work: Work,
  machine: Machine,
  authority: Promise<Authority>,
  hostKeys: readonly string[],
): Promise<void> {
  if (!hostKeys.some(isPrint)) machine.hostKeys = [...hostKeys];
  await saveMachine(work.store, machine);
  const use = async (host: Host) => {
    if (machine.hostKeys.length === 0) machine.hostKeys = [host.connection.hostKey];
    await nameAuthority(machine, authority);
    await saveMachine(work.store, machine);
    await setUpHost(work, machine, host);
  };
  await withBootingHost(work, machine, async () => machine.endpoint, use, hostKeys);
}

/**
 * The first host key came through the place, which could keep a copy, or with an image, whose other machines have it too:
 * the host makes its own. Both are pinned while they change, so that dying in between locks nobody out.
 */
async function replaceHostKey(work: Work, machine: Machine, host: Host): Promise<void> {
  const { hostKey } = await host.carryOut(newHostKey.make);
  if (hostKey === undefined) throw new SlipwayError('failed', `"${machine.name}" did not tell its new host key`);
  machine.hostKeys = [hostKey, ...machine.hostKeys];
  await saveMachine(work.store, machine);
  await host.carryOut(newHostKey.activate);
  machine.hostKeys = [hostKey];
  await saveMachine(work.store, machine);
}

/** A create that died left a record that says so, or a folder without one: nobody can want that kept. */
async function clearInterrupted(work: Work, name: string): Promise<void> {
  if (!(await hasFolder(work.store, name))) return;
  const machine = await readMachine(work.store, name).catch((error: unknown) => {
    if (codeOf(error) === 'not-found') return undefined;
    throw error;
  });
  if (machine === undefined) return eraseMachine(work.store, name);
  if (machine.phase === 'ready') throw exists(name);
  await tellerFor(work, name).stage('remove what an interrupted command left', () => removeLocked(work, machine));
}

function kept(machine: Machine, error: unknown): SlipwayError {
  return new SlipwayError('failed', `"${machine.name}" could not be created, and is kept as it is`, {
    cause: error,
    hint: `Look at it: slipway logs ${machine.name}. Then remove it: slipway rm ${machine.name}`,
  });
}

/** Removes what was made, and gives the error to throw: it tells what is left, if anything is. */
async function undone(work: Work, machine: Machine, error: unknown): Promise<unknown> {
  try {
    await tellerFor(work, machine.name).stage('undo', () => removeLocked(uninterrupted(work), machine));
    return error;
  } catch (left) {
    return new SlipwayError('failed', `"${machine.name}" could not be created (${sentenceOf(error)}), nor be undone`, {
      cause: left,
      hint: `Remove what is left: slipway rm ${machine.name}`,
    });
  }
}
