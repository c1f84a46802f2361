import { SlipwayError } from '../errors.ts';
import type { FlagValues } from '../flags.ts';
import { type Driver, type Endpoint, USER } from './driver.ts';
import { text } from './values.ts';

/** How a machine is logged in to, as far as the user has a say in it. */
export interface Login {
  /** Whom the first boot makes. */
  readonly user?: string;
  /** The file of a private key of the user's own. */
  readonly keyPath?: string;
  /** By which a machine is known whose image takes nothing from us: see Driver. */
  readonly hostKey?: string;
  /** The port of the image's sshd. */
  readonly sshPort: number;
}

export function loginOf({ user, keyPath, hostKey }: Login): Pick<Driver, 'user' | 'key' | 'hostKey'> {
  return {
    ...(user === undefined ? {} : { user }),
    ...(keyPath === undefined ? {} : { key: keyPath }),
    ...(hostKey === undefined ? {} : { hostKey }),
  };
}

/** What the flag says of a host's key. @throws SlipwayError `bad-input` for neither a fingerprint nor a public key line */
export function hostKeyOf(values: FlagValues, flag: string): string | undefined {
  const key = text(values, flag);
  if (key === undefined || /^SHA256:[A-Za-z0-9+/]{43}$/.test(key)) return key;
  if (/^(ssh|ecdsa|sk)-[\w@.-]+ AAAA[A-Za-z0-9+/]+=*( |$)/.test(key)) return key;
  throw new SlipwayError('bad-input', `"${key}" is neither a fingerprint nor a public key`, {
    hint: 'On the host, this prints it: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub',
  });
}

/** Where a machine with these addresses is reached: at the first. Undefined while it has none. */
export function endpointAt([host, ...names]: readonly string[], login: Login): Endpoint | undefined {
  if (host === undefined) return undefined;
  const { user = USER, keyPath, sshPort } = login;
  const identity = keyPath === undefined ? {} : { identity: { file: keyPath } };
  return { host, sshPort, sshUser: user, enginePort: 2376, names, ...identity };
}
