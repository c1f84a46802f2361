import { Agent } from 'node:https';
import { isIPv6 } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { inspect } from 'node:util';
import type Dockerode from 'dockerode';
import { SlipwayError } from '../errors.ts';

/** Where an engine answers, and with what both sides prove who they are; PEM. `ca` may hold several certificates. */
export interface EngineAddress {
  readonly host: string;
  readonly port: number;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** "192.0.2.7:2376", "[::1]:2376". */
export function placeOf({ host, port }: Pick<EngineAddress, 'host' | 'port'>): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** The calls of dockerode that we use, as they are: its published types leave out the argument. */
export interface EngineClient {
  ping(options: { abortSignal: AbortSignal }): Promise<unknown>;
  version(options: { abortSignal: AbortSignal }): Promise<unknown>;
  info(options: { abortSignal: AbortSignal }): Promise<unknown>;
  swarmInspect(options: { abortSignal: AbortSignal }): Promise<unknown>;
  swarmInit(options: object): Promise<unknown>;
  swarmJoin(options: object): Promise<unknown>;
}

/** Makes no connection yet. */
export async function engineClient(address: EngineAddress): Promise<EngineClient> {
  const agent = secureAgent(address);
  const { default: Docker } = await import('dockerode');
  const options = {
    host: `https://${isIPv6(address.host) ? `[${address.host}]` : address.host}`, // a bare "2001:db8::1" is read as a scheme
    port: address.port,
    protocol: 'https',
    agent,
  } as Dockerode.DockerOptions;
  return withoutDockerVariables(() => new Docker(options)) as unknown as EngineClient;
}

/**
 * The key goes into a context that cannot be printed, and not into the options of the request: those are written out
 * with DEBUG=*. Verification is asked for by name, so that NODE_TLS_REJECT_UNAUTHORIZED cannot turn it off.
 */
function secureAgent({ ca, cert, key, host, port }: EngineAddress): Agent {
  try {
    const agent = new Agent({ secureContext: contextOf({ ca, cert, key }), rejectUnauthorized: true });
    // docker-modem puts all that it sends into words each time, for DEBUG: with the agent's inside that takes a millisecond.
    return Object.assign(agent, { [inspect.custom]: () => 'Agent' });
  } catch (error) {
    throw new SlipwayError('broken', `The client certificate for "${placeOf({ host, port })}" cannot be read`, {
      cause: error,
      hint: 'Make the certificates again: slipway regenerate-certs NAME',
    });
  }
}

/** Machines of one authority are shown the same: of hundreds of them one context is enough. */
const contexts = new Map<string, SecureContext>();

function contextOf(pems: Pick<EngineAddress, 'ca' | 'cert' | 'key'>): SecureContext {
  const name = JSON.stringify([pems.ca, pems.cert, pems.key]);
  const context = contexts.get(name) ?? createSecureContext(pems);
  contexts.set(name, context);
  return context;
}

/** Before it looks at its options dockerode follows DOCKER_HOST and DOCKER_CERT_PATH, and throws where they lead nowhere. */
function withoutDockerVariables<T>(make: () => T): T {
  const names = Object.keys(process.env).filter((name) => name.startsWith('DOCKER_'));
  const saved = names.map((name) => [name, process.env[name]] as const);
  for (const name of names) delete process.env[name];
  try {
    return make();
  } finally {
    for (const [name, value] of saved) process.env[name] = value;
  }
}
