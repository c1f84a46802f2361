import type { FlagSpecs } from '../flags.ts';
import type { SwarmRequest } from '../machine/request.ts';
import type { OldFlag, Values } from './arguments.ts';

export const DEFAULT_DRIVER = 'qemu';

/** Those of `create` whatever the driver. */
export const sharedFlags: readonly OldFlag[] = [
  {
    names: ['driver', 'd'],
    kind: 'string',
    env: 'MACHINE_DRIVER',
    default: DEFAULT_DRIVER,
    summary: 'Where to make it',
  },
  {
    names: ['engine-install-url'],
    kind: 'string',
    env: 'MACHINE_DOCKER_INSTALL_URL',
    default: 'https://get.docker.com',
    summary: "Kept in the record only: the engine comes from Docker's signed packages, and no script is fetched",
  },
  { names: ['engine-opt'], kind: 'slice', summary: 'A setting of the engine, flag=value' },
  { names: ['engine-insecure-registry'], kind: 'slice', summary: 'A registry to talk to without TLS' },
  {
    names: ['engine-registry-mirror'],
    kind: 'slice',
    env: 'ENGINE_REGISTRY_MIRROR',
    summary: 'A mirror to pull from, as a URL',
  },
  { names: ['engine-label'], kind: 'slice', summary: 'A label of the engine, name=value' },
  { names: ['engine-storage-driver'], kind: 'string', summary: 'How the engine stores layers' },
  { names: ['engine-env'], kind: 'slice', summary: 'An environment variable of the engine, NAME=value' },
  { names: ['swarm'], kind: 'bool', summary: "Join the engines' own swarm; with --swarm-master, begin it" },
  {
    names: ['swarm-image'],
    kind: 'string',
    env: 'MACHINE_SWARM_IMAGE',
    default: 'swarm:latest',
    summary: 'Kept in the record only: the swarm is that of the engine itself',
  },
  { names: ['swarm-master'], kind: 'bool', summary: 'The machine is a manager of the swarm' },
  {
    names: ['swarm-discovery'],
    kind: 'string',
    default: '',
    summary: 'Which swarm it is: machines with the same URL belong together',
  },
  { names: ['swarm-strategy'], kind: 'string', default: 'spread', summary: 'Kept in the record only' },
  { names: ['swarm-opt'], kind: 'slice', summary: 'Kept in the record only' },
  { names: ['swarm-join-opt'], kind: 'slice', summary: 'Kept in the record only' },
  { names: ['swarm-host'], kind: 'string', default: 'tcp://0.0.0.0:3376', summary: 'Kept in the record only' },
  { names: ['swarm-addr'], kind: 'string', default: '', summary: 'Kept in the record only' },
  { names: ['swarm-experimental'], kind: 'bool', summary: 'Kept in the record only' },
  { names: ['tls-san'], kind: 'slice', summary: "One more name or address for the machine's certificate" },
  {
    names: ['tls-bootstrap-lock'],
    kind: 'bool',
    env: 'MACHINE_TLS_BOOTSTRAP_LOCK',
    summary: 'Accepted and ignored: certificates are always made under a lock',
  },
];

/** A driver's flags, as this command line has them, under the names that docker-machine had for them too. */
export function flagsFrom(specs: FlagSpecs): OldFlag[] {
  return Object.entries(specs).map(([name, { kind, multiple, env, summary, default: preset, choices, older }]) => ({
    names: older === undefined ? ([name] as const) : ([name, older] as const),
    kind: multiple ? 'slice' : ({ string: 'string', integer: 'int', boolean: 'bool' } as const)[kind],
    summary,
    ...(env === undefined ? {} : { env }),
    ...(preset === undefined ? {} : { default: preset }),
    ...(choices ? { choices } : {}),
  }));
}

/** The driver that a line of words chooses, else that of the environment, else the first. */
export function driverOn(line: readonly string[], env: NodeJS.ProcessEnv): string {
  for (const [at, word] of line.entries()) {
    const [, name, value] = /^--?([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === 'driver' || name === 'd') return value ?? line[at + 1] ?? '';
  }
  return env.MACHINE_DRIVER || DEFAULT_DRIVER;
}

/** What the flags say of a swarm; undefined where they say nothing. */
export function swarmFrom(flags: Values): SwarmRequest | undefined {
  if (!flags.swarm && !flags['swarm-master']) return undefined;
  const listed = (name: string) => (flags[name] ?? []) as readonly string[];
  return {
    agent: flags.swarm === true,
    master: flags['swarm-master'] === true,
    discovery: String(flags['swarm-discovery']),
    addr: String(flags['swarm-addr']),
    host: String(flags['swarm-host']),
    image: String(flags['swarm-image']),
    strategy: String(flags['swarm-strategy']),
    options: listed('swarm-opt'),
    joinOptions: listed('swarm-join-opt'),
    experimental: flags['swarm-experimental'] === true,
  };
}
