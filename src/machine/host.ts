import { readFile } from 'node:fs/promises';
import type { Endpoint } from '../endpoint.ts';
import { SlipwayError } from '../errors.ts';
import { detect, type Facts, isOfOpening, opening, parseFacts, type Step } from '../provision/index.ts';
import {
  type Connection,
  connect,
  type Identity,
  type OwnIdentity,
  type Talk,
  type Target,
  waitForSsh,
} from '../ssh/index.ts';
import type { Jump, Machine } from '../store/machine.ts';
import { pinnedKeys } from './hostkey.ts';
import { becomeRoot } from './root.ts';
import { carryOut } from './steps.ts';
import { tellerFor, type Work } from './work.ts';

/** One SSH connection to a machine, on which everything is done as root. */
export interface Host {
  readonly connection: Connection;
  /** What there is on the host: as it was seen while we came in, if nothing has been carried out since. */
  facts(): Promise<Facts>;
  /**
   * Runs the steps as one script, telling each; gives the values that they handed back.
   * @throws SlipwayError `failed`, with the step's own hint and the last lines that it printed
   */
  carryOut(steps: readonly Step[]): Promise<Readonly<Record<string, string>>>;
}

/** Uses the machine's host over one connection, and closes it whatever happens. */
export async function withHost<T>(work: Work, machine: Machine, use: (host: Host) => Promise<T>): Promise<T> {
  const connection = await connect(await targetOf(work, machine, knownEndpoint(machine)), { signal: work.signal });
  return using(work, machine, connection, use);
}

/**
 * As `withHost`, for a machine that has just been started: waits for its address and for each stage of SSH.
 * @param hostKeys those that it may show, also as fingerprints; those of the record when absent
 */
export async function withBootingHost<T>(
  work: Work,
  machine: Machine,
  endpoint: () => Promise<Endpoint | undefined>,
  use: (host: Host) => Promise<T>,
  hostKeys?: readonly string[],
): Promise<T> {
  const known = onceKnown(endpoint);
  const target = async () => {
    const found = await known();
    return found && { ...(await targetOf(work, machine, found)), ...(hostKeys ? { hostKeys } : {}) };
  };
  const first = machine.sudo === undefined ? OPENING : undefined;
  const { connection, talk } = await tellerFor(work, machine.name).stage('wait for SSH', (_, at) =>
    waitForSsh(target, { limit: BOOT_LIMIT, signal: work.signal, stage: at, isUp: machine.adopted }, first),
  );
  return using(work, machine, connection, use, first && talk);
}

/** What will have to be asked anyway shows whether the host answers. */
const OPENING = { command: 'sh -s', beginning: opening, isAnswer: isOfOpening };

/** For how long an address that is known is not asked for again, in milliseconds: SSH is tried several times a second. */
const KNOWN_FOR = 5000;

function onceKnown(ask: () => Promise<Endpoint | undefined>): () => Promise<Endpoint | undefined> {
  let known: Endpoint | undefined;
  let until = 0;
  return async () => {
    if (known && performance.now() < until) return known;
    known = await ask();
    until = performance.now() + KNOWN_FOR;
    return known;
  };
}

/** The endpoint in the record. @throws SlipwayError `failed` when the machine never had one */
export function knownEndpoint(machine: Machine): Endpoint {
  if (machine.endpoint) return machine.endpoint;
  throw new SlipwayError('failed', `"${machine.name}" has no address yet`, {
    hint: `Start it: slipway start ${machine.name}`,
  });
}

/** How to reach a machine's SSH server, with the host keys that it must show. */
export async function targetOf(work: Work, machine: Machine, endpoint: Endpoint): Promise<Target> {
  return {
    host: endpoint.host,
    port: endpoint.sshPort,
    user: endpoint.sshUser,
    identity: await identityFrom(
      work,
      machine.name,
      endpoint.identity ?? { file: work.store.machine(machine.name).identity },
    ),
    hostKeys: await pinnedKeys(work, machine, endpoint),
    ...(machine.jump ? { via: await jumpTarget(work, machine, machine.jump) } : {}),
  };
}

/** The host from which alone this machine is reached. */
export async function jumpTarget(work: Work, machine: Machine, jump: Jump): Promise<Target> {
  const { host, port, user, identity, hostKeys } = jump;
  return { host, port, user, hostKeys, identity: await identityFrom(work, machine.name, identity) };
}

/** A machine emulated without hardware help, on a busy computer, may take minutes. */
const BOOT_LIMIT = 10 * 60_000;

/** In it, an engine that hangs is waited for a minute. */
const FACTS_LIMIT = 3 * 60_000;

async function identityFrom(work: Work, name: string, own: OwnIdentity): Promise<Identity> {
  if ('agent' in own) {
    if (work.env.SSH_AUTH_SOCK) return { agent: work.env.SSH_AUTH_SOCK };
    throw new SlipwayError('bad-input', `"${name}" is reached through an SSH agent, and none is running`, {
      hint: 'Start one (eval "$(ssh-agent)"; ssh-add), so that SSH_AUTH_SOCK is set.',
    });
  }
  const privateKey = await readFile(own.file, 'utf8').catch((error: unknown) => {
    throw new SlipwayError('failed', `The SSH key "${own.file}" cannot be read`, { cause: error });
  });
  return { privateKey };
}

async function using<T>(
  work: Work,
  machine: Machine,
  connection: Connection,
  use: (host: Host) => Promise<T>,
  talk?: Talk,
): Promise<T> {
  try {
    const { root, seen } = await becomeRoot(work, machine, connection, talk);
    let known = seen;
    return await use({
      connection,
      facts: async () =>
        parseFacts(known ?? (await root(detect, { signal: work.signal, timeout: FACTS_LIMIT })).stdout),
      carryOut: (steps) => {
        if (steps.length > 0) known = undefined;
        return carryOut(work, machine.name, root, steps);
      },
    });
  } finally {
    connection.close();
  }
}
