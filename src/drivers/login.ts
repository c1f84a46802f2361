import { type Driver, type Endpoint, USER } from './driver.ts';

/** How a machine is logged in to, as far as the user has a say in it. */
export interface Login {
  /** Whom the first boot makes. */
  readonly user?: string;
  /** The file of a private key of the user's own. */
  readonly keyPath?: string;
  /** The port of the image's sshd. */
  readonly sshPort: number;
}

export function loginOf({ user, keyPath }: Login): Pick<Driver, 'user' | 'key'> {
  return { ...(user === undefined ? {} : { user }), ...(keyPath === undefined ? {} : { key: keyPath }) };
}

/** Where a machine with these addresses is reached: at the first. Undefined while it has none. */
export function endpointAt([host, ...names]: readonly string[], login: Login): Endpoint | undefined {
  if (host === undefined) return undefined;
  const { user = USER, keyPath, sshPort } = login;
  const identity = keyPath === undefined ? {} : { identity: { file: keyPath } };
  return { host, sshPort, sshUser: user, enginePort: 2376, names, ...identity };
}
