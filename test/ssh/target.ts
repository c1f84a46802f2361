import type { Target } from '../../src/ssh/index.ts';
import type { Sshd } from '../hosts/sshd.ts';

/** How to reach a test's server in the right way. */
export function targetOf(sshd: Sshd, changes: Partial<Target> = {}): Target {
  const { host, port, user, hostKey, client } = sshd;
  return { host, port, user, identity: { privateKey: client.privateKey }, hostKeys: [hostKey], ...changes };
}
