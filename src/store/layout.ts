import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Every name under the store, in one place; docs/internals.md tells who writes each. */
export interface Layout {
  readonly root: string;
  readonly locks: string;
  readonly cache: string;
  readonly machines: string;
  readonly authorities: string;
  /** Holds the id of the authority that new machines get. */
  readonly currentAuthority: string;
  /** Tells the user's own ssh of machines whose engines are spoken to through it. */
  readonly sshConfig: string;
  /** Holds the random id that marks what belongs to this store. */
  readonly storeId: string;
  /** The one authority of docker-machine's store, in its own files; absent in a store of ours. */
  readonly oldCerts?: OldCerts;
  authority(id: string): AuthorityLayout;
  machine(name: string): MachineLayout;
}

/** By the names that records have for the user's own certificates. */
export interface OldCerts {
  readonly ca: string;
  readonly caKey: string;
  readonly clientCert: string;
  readonly clientKey: string;
}

export interface AuthorityLayout {
  readonly folder: string;
  /** Certificate and key in one file, so that they cannot part. */
  readonly authority: string;
  readonly client: string;
}

export interface MachineLayout {
  readonly folder: string;
  readonly record: string;
  readonly identity: string;
  readonly publicKey: string;
  readonly knownHosts: string;
  /** The folder that DOCKER_CERT_PATH names; the docker CLI wants these three names. */
  readonly certs: string;
  readonly ca: string;
  readonly clientCert: string;
  readonly clientKey: string;
  readonly serverCert: string;
  readonly provisionLog: string;
  /** The driver's own. */
  readonly driver: string;
}

/** The store's folder: what was asked for, else SLIPWAY_HOME, else ~/.slipway. Absolute. */
export function storeFolder(asked: string | undefined, env: NodeJS.ProcessEnv): string {
  return resolve(asked || env.SLIPWAY_HOME || join(homedir(), '.slipway'));
}

export function layout(root: string): Layout {
  const authorities = join(root, 'authorities');
  const machines = join(root, 'machines');
  return {
    root,
    authorities,
    machines,
    locks: join(root, 'locks'),
    cache: join(root, 'cache'),
    currentAuthority: join(authorities, 'current'),
    sshConfig: join(root, 'ssh_config'),
    storeId: join(root, 'id'),
    authority: (id) => authorityLayout(join(authorities, id)),
    machine: (name) => machineLayout(join(machines, name)),
  };
}

function authorityLayout(folder: string): AuthorityLayout {
  return { folder, authority: join(folder, 'authority.pem'), client: join(folder, 'client.pem') };
}

function machineLayout(folder: string): MachineLayout {
  const certs = join(folder, 'certs');
  return {
    folder,
    certs,
    record: join(folder, 'machine.json'),
    identity: join(folder, 'id_ed25519'),
    publicKey: join(folder, 'id_ed25519.pub'),
    knownHosts: join(folder, 'known_hosts'),
    ca: join(certs, 'ca.pem'),
    clientCert: join(certs, 'cert.pem'),
    clientKey: join(certs, 'key.pem'),
    serverCert: join(folder, 'server.pem'),
    provisionLog: join(folder, 'provision.log'),
    driver: join(folder, 'driver'),
  };
}
