import { altName } from '../certs/index.ts';
import { contextName, readContext } from '../context/index.ts';
import type { Bootstrap, Driver } from '../drivers/driver.ts';
import { codeOf, SlipwayError, sentenceOf } from '../errors.ts';
import { createFile } from '../files.ts';
import type { FlagValues } from '../flags.ts';
import { checkEngine, cloudConfig, newHostKey } from '../provision/index.ts';
import { generateKey, type KeyPair } from '../ssh/index.ts';
import { storeId } from '../store/identity.ts';
import {
  addMachine,
  type EngineOptions,
  eraseMachine,
  exists,
  hasFolder,
  type Machine,
  readMachine,
  saveMachine,
} from '../store/machine.ts';
import { machineName } from '../store/name.ts';
import { authorityOf, currentAuthority } from './authority.ts';
import { writeClientSide } from './context.ts';
import { driverOf } from './driving.ts';
import { type Host, knownEndpoint, withBootingHost } from './host.ts';
import { hostKeysOfAdopted } from './hostkey.ts';
import { makeParts } from './parts.ts';
import { endpointOnceUp } from './power.ts';
import { setUpHost } from './provision.ts';
import { removeLocked } from './remove.ts';
import { tellerFor, uninterrupted, type Work, withMachine } from './work.ts';

export interface CreateRequest {
  readonly name: string;
  readonly driver: string;
  /** The driver's flags as given. */
  readonly flags: FlagValues;
  readonly engine: EngineOptions;
  readonly tls: Machine['tls'];
  /** For a host that somebody else made: change its host name to this. */
  readonly hostname?: string;
  /** Leave what was made where creating fails, to look at it. */
  readonly keepOnFailure?: boolean;
}

/**
 * Makes a machine: the parts, the engine, the certificates, the context. What fails or is interrupted is undone, and
 * what a killed process left under this name is removed first.
 */
export async function create(work: Work, request: CreateRequest): Promise<Machine> {
  machineName(request.name);
  checkEngine(request.engine);
  request.tls.names.forEach(altName);
  return withMachine(work, request.name, async () => {
    await clearInterrupted(work, request.name);
    const machine = await prepare(work, request);
    try {
      await build(work, machine);
      return machine;
    } catch (error) {
      throw request.keepOnFailure ? kept(machine, error) : await undone(work, machine, error);
    }
  });
}

/** Checks all that can be checked for nothing, then writes the record. */
async function prepare(work: Work, request: CreateRequest): Promise<Machine> {
  const machine = await draft(work, request);
  await tellerFor(work, machine.name).stage('check', async () => {
    const driver = await driverOf(work, machine);
    machine.adopted = driver.parts.length === 0;
    await refuseForeignContext(work, machine);
    await driver.check?.();
    await authorityOf(work, machine.tls);
    await addMachine(work.store, machine);
  });
  return machine;
}

async function draft(work: Work, request: CreateRequest): Promise<Machine> {
  const authority = request.tls.files ? {} : { authority: (await currentAuthority(work)).id as string };
  return {
    version: 1,
    name: request.name,
    driver: request.driver,
    flags: request.flags,
    created: new Date().toISOString(),
    phase: 'creating',
    notes: [],
    hostKeys: [],
    engine: request.engine,
    tls: { ...request.tls, ...authority },
    context: contextName(request.name),
    adopted: false,
    ...(request.hostname === undefined ? {} : { hostname: request.hostname }),
  };
}

async function build(work: Work, machine: Machine): Promise<void> {
  const driver = machine.adopted ? await adopt(work, machine) : await make(work, machine);
  const endpoint = () => endpointOnceUp(machine, driver);
  await withBootingHost(work, machine, endpoint, async (host) => {
    machine.endpoint = await endpoint();
    await saveMachine(work.store, machine);
    if (!machine.adopted) await replaceHostKey(work, machine, host);
    await setUpHost(work, machine, host);
  });
  machine.phase = 'ready';
  await saveMachine(work.store, machine);
  await writeClientSide(work, machine);
}

/** Makes the keys while nothing is waiting, then the parts. */
async function make(work: Work, machine: Machine): Promise<Driver> {
  const files = work.store.machine(machine.name);
  const own = await generateKey(`slipway ${machine.name}`);
  const hostKey = await generateKey(`slipway bootstrap ${machine.name}`);
  machine.hostKeys = [hostKey.publicKey];
  await createFile(files.identity, own.privateKey);
  await createFile(files.publicKey, `${own.publicKey}\n`);
  const driver = await driverOf(work, machine, bootstrapOf(machine.name, own, hostKey));
  await makeParts(work, machine, driver);
  return driver;
}

async function adopt(work: Work, machine: Machine): Promise<Driver> {
  const driver = await driverOf(work, machine);
  machine.endpoint = await driver.endpoint({});
  const endpoint = knownEndpoint(machine);
  machine.hostKeys = await tellerFor(work, machine.name).stage('check the host key', () =>
    hostKeysOfAdopted(work, driver, endpoint),
  );
  await saveMachine(work.store, machine);
  return driver;
}

/** The user that cloud-init makes on every machine of ours. */
const USER = 'slipway';

function bootstrapOf(name: string, own: KeyPair, hostKey: KeyPair): Bootstrap {
  const userData = cloudConfig({ hostname: name, user: USER, publicKey: own.publicKey, hostKey });
  return { userData, user: USER, publicKey: own.publicKey };
}

/**
 * The first host key came through the place, which could keep a copy: the host makes its own. Both are pinned while
 * they change, so that dying in between locks nobody out.
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

async function refuseForeignContext(work: Work, machine: Machine): Promise<void> {
  const present = await readContext(machine.context, work.env);
  if (present === undefined || present.owner === (await storeId(work.store))) return;
  throw new SlipwayError('exists', `There is a docker context "${machine.context}" already, and it is not ours`, {
    hint: `Choose another name, or remove it: docker context rm ${machine.context}`,
  });
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
