import { SlipwayError } from '../errors.ts';
import { ask, type EngineCall } from './call.ts';
import { type EngineAddress, placeOf } from './client.ts';

/** What an engine is in a swarm. */
export interface SwarmPlace {
  /** "inactive" while it is in none. */
  readonly state: string;
  /** It can tell others how to join. */
  readonly isManager: boolean;
  /** Where the others reach it: an address without a port. */
  readonly address: string;
}

/** Where swarm managers listen; fixed by Docker's documentation ("Open protocols and ports between the hosts"). */
export const SWARM_PORT = 2377;

/** To take part may mean a few elections; in milliseconds. */
const LIMIT = 60_000;

/** Throws as `ping` does. */
export async function swarmPlace(address: EngineAddress, call: EngineCall = {}): Promise<SwarmPlace> {
  const info = await ask(address, call, (client, abortSignal) => client.info({ abortSignal }));
  const { LocalNodeState, ControlAvailable, NodeAddr } = Object(Object(info).Swarm) as Record<string, unknown>;
  return {
    state: String(LocalNodeState ?? 'inactive'),
    isManager: ControlAvailable === true,
    address: String(NodeAddr ?? ''),
  };
}

/** Makes the engine the first manager of a new swarm. Throws as `ping` does. */
export async function initSwarm(engine: EngineAddress, advertised: string, call: EngineCall = {}): Promise<void> {
  const body = { ListenAddr: LISTEN, AdvertiseAddr: advertised };
  await ask(engine, { timeout: LIMIT, ...call }, (client, abortSignal) => client.swarmInit({ ...body, abortSignal }));
}

/** The words with which others join as this. @throws SlipwayError `failed` where the engine leads no swarm */
export async function joinToken(
  engine: EngineAddress,
  role: 'Manager' | 'Worker',
  call: EngineCall = {},
): Promise<string> {
  const swarm = await ask(engine, call, (client, abortSignal) => client.swarmInspect({ abortSignal }));
  const token = Object(Object(swarm).JoinTokens)[role];
  if (typeof token === 'string') return token;
  throw new SlipwayError('failed', `The engine on "${placeOf(engine)}" leads no swarm`);
}

/** Has the engine join the swarm of that manager. Throws as `ping` does. */
export async function joinSwarm(
  engine: EngineAddress,
  { token, manager, advertised }: { token: string; manager: string; advertised: string },
  call: EngineCall = {},
): Promise<void> {
  const body = { ListenAddr: LISTEN, AdvertiseAddr: advertised, RemoteAddrs: [manager], JoinToken: token };
  await ask(engine, { timeout: LIMIT, ...call }, (client, abortSignal) => client.swarmJoin({ ...body, abortSignal }));
}

const LISTEN = `0.0.0.0:${SWARM_PORT}`;
