import { altName } from '../certs/index.ts';
import { contextName } from '../context/index.ts';
import type { Driver } from '../drivers/driver.ts';
import { driverModule } from '../drivers/index.ts';
import { SlipwayError } from '../errors.ts';
import type { FlagValues } from '../flags.ts';
import { checkEngine } from '../provision/index.ts';
import { storeId } from '../store/identity.ts';
import type { EngineOptions, ForRun, Machine, SwarmRequest } from '../store/machine.ts';
import { hostName, machineName } from '../store/name.ts';
import { type Birth, newBirth, type Wanted } from './bootstrap.ts';
import { firstThatCanBeHad } from './candidates.ts';
import { driverOf } from './driving.ts';
import { type IngressRequest, ingressFor, network } from './ingress.ts';
import { jumpThrough, parseJump } from './jump.ts';
import { checkLifetime, lifetimeFrom, lifetimeOfRun, stays, timerOf } from './lifetime.ts';
import { runId } from './run-id.ts';
import type { Work } from './work.ts';

export interface CreateRequest {
  readonly name: string;
  readonly driver: string;
  /** The driver's flags as given. */
  readonly flags: FlagValues;
  readonly engine: EngineOptions;
  readonly tls: Machine['tls'];
  readonly ingress: IngressRequest;
  /** How the engine shall be spoken to. */
  readonly access: 'tls' | 'ssh';
  /** [USER@]HOST[:PORT] from which alone the machine is reached. */
  readonly jump?: string;
  /** The user's own files for cloud-init, for the first boot. */
  readonly cloudInit: readonly string[];
  /** For a host that somebody else made: change its host name to this. */
  readonly hostname?: string;
  /** For how many seconds the machine may be there. */
  readonly ttl?: number;
  /** After how many seconds without anybody who uses it the machine goes. */
  readonly idle?: number;
  /** Made by `slipway run`, and not to stay. */
  readonly forRun?: ForRun;
  /** Leave what was made where creating fails, to look at it. */
  readonly keepOnFailure?: boolean;
  /** For docker-machine's store: the credentials that were given as flags, by those. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** What docker-machine's flags say of a swarm. */
  readonly swarm?: SwarmRequest;
  /** docker-machine's flag of this name. */
  readonly installUrl?: string;
}

export type { SwarmRequest } from '../store/machine.ts';

/** @throws SlipwayError `bad-input` for what can be seen without asking anybody */
export function checkRequest(request: CreateRequest): void {
  machineName(request.name);
  checkEngine(request.engine);
  request.tls.names.forEach(altName);
  request.ingress.from.forEach(network);
  checkLifetime(request);
  if (request.hostname !== undefined) hostName(request.hostname);
  if (request.jump === undefined) return;
  parseJump(request.jump);
  if (request.access === 'tls') {
    throw new SlipwayError('bad-input', 'What is reached through another host has no engine port to reach from here', {
      hint: 'Leave --access tls away: then docker goes through SSH as well.',
    });
  }
}

/** The record of a machine as it is asked for, with the first choice of what is left open, and no authority of ours yet. */
export async function draft(work: Work, request: CreateRequest): Promise<Machine> {
  const run = runId(work.env);
  const module = await driverModule(request.driver, work.drivers);
  const [flags = request.flags, ...untried] = module.candidates?.(request.flags) ?? [];
  const created = new Date();
  const { oldCerts } = work.store;
  return {
    version: 1,
    name: request.name,
    driver: request.driver,
    flags,
    ...(untried.length > 0 ? { untried } : {}),
    created: created.toISOString(),
    phase: 'creating',
    notes: [],
    hostKeys: [],
    engine: request.engine,
    tls: request.tls.files || !oldCerts ? request.tls : { ...request.tls, files: oldCerts },
    context: contextName(request.name),
    adopted: false,
    ...(run === undefined ? {} : { run }),
    ...(request.forRun === undefined ? {} : { forRun: request.forRun }),
    ...lifetimeFrom(created, request),
    ...(request.access === 'ssh' ? { sshAlias: `${request.name}.${await storeId(work.store)}.slipway` } : {}),
    ...(request.jump === undefined ? {} : { jump: await jumpThrough(work, request.jump) }),
    ...(request.hostname === undefined ? {} : { hostname: request.hostname }),
    ...(request.credentials && oldCerts ? { credentials: request.credentials } : {}),
    ...(request.swarm === undefined ? {} : { swarm: request.swarm }),
    ...(request.installUrl === undefined ? {} : { installUrl: request.installUrl }),
  };
}

/** Asks the place which is the first choice that could be had. Gives what the machine is born with, if we make it. */
export async function checkChoices(work: Work, machine: Machine, request: CreateRequest): Promise<Birth | undefined> {
  return firstThatCanBeHad(
    work,
    machine,
    () => check(work, machine, request),
    async () => undefined,
  );
}

async function check(work: Work, machine: Machine, request: CreateRequest): Promise<Birth | undefined> {
  const asked = await driverOf(work, machine);
  machine.adopted = asked.parts.length === 0;
  const ingress = await ingressFor(work, asked, request.ingress);
  if (ingress) machine.ingress = ingress;
  const bare = machine.adopted || asked.hostKey !== undefined;
  if (bare && request.cloudInit.length > 0) throw bornAlready(machine);
  if (machine.adopted && machine.lifetime) throw stays(machine);
  if (machine.adopted && machine.forRun?.specification !== undefined) throw notForAll(machine);
  if (!machine.adopted && machine.forRun) machine.lifetime = lifetimeOfRun(machine);
  if (!machine.adopted && request.hostname !== undefined) throw namedAlready(machine);
  if (bare && machine.lifetime) throw hasNoTimer(machine);
  const birth = await birthOf(machine, asked, request);
  const driver = await driverOf(work, machine, birth?.bootstrap);
  await driver.check?.();
  const account = await driver.account?.();
  if (account !== undefined) machine.account = account;
  return birth;
}

async function birthOf(machine: Machine, asked: Driver, request: CreateRequest): Promise<Birth | undefined> {
  if (machine.adopted) return undefined;
  return asked.hostKey === undefined ? newBirth(machine.name, wantedOf(machine, asked, request)) : {};
}

function wantedOf(machine: Machine, driver: Driver, { cloudInit }: CreateRequest): Wanted {
  return { user: driver.user, key: driver.key, files: cloudInit, timer: timerOf(machine, driver) };
}

function bornAlready(machine: Machine): SlipwayError {
  return new SlipwayError('bad-input', `--cloud-init is for a first boot, and "${machine.name}" has none of ours`, {
    hint: 'Do on the host what is to be done, or leave the flag away.',
  });
}

function hasNoTimer({ name, forRun }: Machine): SlipwayError {
  const what = forRun ? 'A machine of slipway run switches itself off' : '--ttl and --idle switch a machine off';
  return new SlipwayError('bad-input', `${what}, and without cloud-init nothing in "${name}" would`, {
    hint: 'Make it of something that has cloud-init, or leave the end to yourself: slipway create, and later slipway rm.',
  });
}

function namedAlready(machine: Machine): SlipwayError {
  return new SlipwayError('bad-input', '--hostname is for a host that is taken over; a new machine has its own name', {
    hint: `Leave the flag away: the host will be called "${machine.name}".`,
  });
}

function notForAll(machine: Machine): SlipwayError {
  return new SlipwayError(
    'bad-input',
    `The host of "${machine.name}" has containers of its own, so none can be reused`,
    {
      hint: 'Leave --reuse and --pool away: after each run the host is put back as it was.',
    },
  );
}
