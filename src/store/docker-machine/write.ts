import { readFile } from 'node:fs/promises';
import { codeOf } from '../../errors.ts';
import { replaceFile } from '../../files.ts';
import type { Layout } from '../layout.ts';
import type { Machine, SwarmRequest } from '../record.ts';
import { authDefaults, type Bag, type Config, engineDefaults, OWN_KEY, parseConfig, swarmDefaults } from './config.ts';
import { oldDrivers, oldNameOf } from './drivers/index.ts';

/**
 * The text of the machine's config.json: the old shape for whoever reads it, what docker-machine wrote there kept, and our
 * record under a key of its own. Before the first change of a file of docker-machine's, its bytes are kept beside it.
 */
export async function configText(store: Layout, machine: Machine): Promise<string> {
  const { record } = store.machine(machine.name);
  const present = await readFile(record, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  const known = present === undefined ? undefined : understood(store, machine.name, present);
  if (present !== undefined && known?.own === undefined) await replaceFile(`${record}.bak`, present);
  const { credentials: _, ...own } = machine;
  return goJson({ ...configOf(store, machine, known?.config), [OWN_KEY]: own });
}

/** As Go writes it: four blanks, and no sign that would mean something to HTML. */
export function goJson(value: unknown): string {
  const escaped = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value, null, 4).replace(/[<>&\u2028\u2029]/g, escaped);
}

/** What cannot be read is kept beside, and written anew. */
function understood(store: Layout, name: string, text: string): ReturnType<typeof parseConfig> | undefined {
  try {
    return parseConfig(store, name, text);
  } catch {
    return undefined;
  }
}

function configOf(store: Layout, machine: Machine, present: Config | undefined): Config {
  const old = present?.HostOptions;
  return {
    ConfigVersion: 3,
    Driver: driverOf(store, machine, present?.Driver),
    DriverName: oldNameOf(machine.driver),
    HostOptions: {
      Driver: '',
      Memory: 0,
      Disk: 0,
      EngineOptions: { ...engineDefaults, ...old?.EngineOptions, ...engineOf(machine) },
      SwarmOptions: { ...swarmDefaults, ...old?.SwarmOptions, ...swarmOf(machine.swarm) },
      AuthOptions: { ...authDefaults(store, machine.name), ...authOf(machine) },
    },
    Name: machine.name,
  };
}

/** The base of every driver's object, then the driver's own. */
function driverOf(store: Layout, machine: Machine, present: Bag = {}): Bag {
  const { endpoint, swarm, name } = machine;
  const files = store.machine(name);
  const identity = endpoint?.identity ?? { file: files.identity };
  return {
    IPAddress: endpoint?.host ?? '',
    MachineName: name,
    SSHUser: endpoint?.sshUser ?? present.SSHUser ?? '',
    SSHPort: endpoint?.sshPort ?? present.SSHPort ?? 0,
    SSHKeyPath: 'file' in identity ? identity.file : '',
    StorePath: store.root,
    SwarmMaster: swarm?.master ?? present.SwarmMaster ?? false,
    SwarmHost: swarm?.host ?? present.SwarmHost ?? '',
    SwarmDiscovery: swarm?.discovery ?? present.SwarmDiscovery ?? '',
    ...withoutBase(present),
    ...ownKeys(machine),
  };
}

const BASE = ['IPAddress', 'MachineName', 'SSHUser', 'SSHPort', 'SSHKeyPath', 'StorePath'].concat(
  'SwarmMaster',
  'SwarmHost',
  'SwarmDiscovery',
);

function withoutBase(present: Bag): Bag {
  return Object.fromEntries(Object.entries(present).filter(([key]) => !BASE.includes(key)));
}

function ownKeys({ driver, flags, notes, credentials = {}, setUpBy }: Machine): Bag {
  const old = oldDrivers[oldNameOf(driver)];
  const hasCredentials = Object.keys(credentials).length > 0;
  if (!old) {
    const values = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
    return hasCredentials ? { ...values, Credentials: credentials } : values;
  }
  const made = Object.fromEntries(notes.flatMap(({ kind, id }) => (id === undefined ? [] : [[kind, id] as const])));
  const said = Object.entries(old.keys).flatMap(([key, flag]) =>
    flags[flag] === undefined ? [] : [[key, flags[flag]] as const],
  );
  const secrets = Object.entries(old.credentials ?? {}).map(([key, flag]) => [key, credentials[flag] ?? ''] as const);
  const known = [...said, ...(hasCredentials ? secrets : [])];
  return { ...(setUpBy ? {} : bagOf(known)), ...old.ids?.(made) };
}

/** Keys such as "Client.User" are those of an object in it. */
function bagOf(pairs: readonly (readonly [string, unknown])[]): Bag {
  const bag: Bag = {};
  for (const [key, value] of pairs) {
    const [outer = '', inner] = key.split('.');
    bag[outer] = inner === undefined ? value : { ...(bag[outer] as Bag | undefined), [inner]: value };
  }
  return bag;
}

function engineOf({ engine, installUrl }: Machine): Bag {
  return {
    ArbitraryFlags: engine.options,
    Env: engine.env,
    InsecureRegistry: engine.insecureRegistries,
    Labels: engine.labels,
    StorageDriver: engine.storageDriver ?? '',
    RegistryMirror: engine.mirrors,
    ...(installUrl === undefined ? {} : { InstallURL: installUrl }),
  };
}

function swarmOf(swarm: SwarmRequest | undefined): Bag {
  if (!swarm) return {};
  return {
    IsSwarm: swarm.agent || swarm.master,
    Address: swarm.addr,
    Discovery: swarm.discovery,
    Agent: swarm.agent,
    Master: swarm.master,
    Host: swarm.host,
    Image: swarm.image,
    Strategy: swarm.strategy,
    ArbitraryFlags: swarm.options,
    ArbitraryJoinFlags: swarm.joinOptions,
    IsExperimental: swarm.experimental,
  };
}

function authOf({ tls }: Machine): Partial<Config['HostOptions']['AuthOptions']> {
  const { ca, caKey, clientCert, clientKey } = tls.files ?? {};
  return {
    ...(ca === undefined ? {} : { CaCertPath: ca }),
    ...(caKey === undefined ? {} : { CaPrivateKeyPath: caKey }),
    ...(clientKey === undefined ? {} : { ClientKeyPath: clientKey }),
    ...(clientCert === undefined ? {} : { ClientCertPath: clientCert }),
    ServerCertSANs: [...tls.names],
  };
}
