import { resolve } from 'node:path';
import { SlipwayError } from '../errors.ts';
import type { FlagSpecs, FlagValues } from '../flags.ts';
import { type OwnIdentity, ownIdentity, privateFile } from '../ssh/index.ts';
import type { Driver, DriverModule } from './driver.ts';
import { hostKeyOf } from './login.ts';
import { integer, text } from './values.ts';

export const flags: FlagSpecs = {
  'generic-ip-address': {
    kind: 'string',
    summary: 'Address or name of the host (required)',
    env: 'GENERIC_IP_ADDRESS',
  },
  'generic-ssh-user': {
    kind: 'string',
    summary: 'Whom to log in as: root, or a user with sudo',
    env: 'GENERIC_SSH_USER',
    default: 'root',
  },
  'generic-ssh-key': {
    kind: 'string',
    summary: "Private key file; without it the SSH agent's keys, else your own in ~/.ssh",
    env: 'GENERIC_SSH_KEY',
    path: true,
  },
  'generic-ssh-port': { kind: 'integer', summary: "Port of the host's sshd", env: 'GENERIC_SSH_PORT', default: 22 },
  'generic-engine-port': {
    kind: 'integer',
    summary: 'Port on which the engine shall listen',
    env: 'GENERIC_ENGINE_PORT',
    default: 2376,
  },
  'generic-host-key': {
    kind: 'string',
    summary: "The host's own key, SHA256:FINGERPRINT or a public key line; without it known_hosts, else a question",
    env: 'GENERIC_HOST_KEY',
  },
};

/** A host that somebody else made: it has no parts to remove and no power to switch. */
const generic: DriverModule = {
  summary: 'A host that is there already, over SSH',
  flags,
  driver(values) {
    const host = addressOf(values);
    const reached = { host, sshUser: userOf(values), ...portsOf(values) };
    const hostKey = hostKeyOf(values, 'generic-host-key');
    const identity = () => identityOf(text(values, 'generic-ssh-key'), host);
    const driver: Driver = {
      parts: [],
      async check() {
        await identity();
      },
      endpoint: async () => ({ ...reached, identity: await identity() }),
    };
    return hostKey === undefined ? driver : { ...driver, hostKey };
  },
};

export default generic;

function addressOf(values: FlagValues): string {
  const address = text(values, 'generic-ip-address');
  if (address === undefined) {
    throw new SlipwayError('bad-input', 'The driver "generic" needs the address of the host', {
      hint: 'Say --generic-ip-address ADDRESS',
    });
  }
  if (/^[A-Za-z0-9:][A-Za-z0-9.:_%-]*$/.test(address)) return address; // a leading "-" would be an option to ssh
  throw new SlipwayError('bad-input', `"${address}" is neither an address nor the name of a host`);
}

function userOf(values: FlagValues): string {
  const user = text(values, 'generic-ssh-user') ?? 'root';
  if (/^[A-Za-z0-9_][\w.@+-]*$/.test(user)) return user;
  throw new SlipwayError('bad-input', `"${user}" is no name of a user`);
}

function portsOf(values: FlagValues) {
  const port = { least: 1, most: 65535 };
  return {
    sshPort: integer(values, 'generic-ssh-port', port) ?? 22,
    enginePort: integer(values, 'generic-engine-port', port) ?? 2376,
  };
}

async function identityOf(file: string | undefined, host: string): Promise<OwnIdentity> {
  const identity = file === undefined ? await ownIdentity() : { file: await privateFile(resolve(file)) };
  if (identity) return identity;
  throw new SlipwayError('bad-input', `There is no key to log in to "${host}" with`, {
    hint: 'Say --generic-ssh-key FILE, or add a key to your SSH agent: ssh-add FILE',
  });
}
