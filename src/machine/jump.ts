import { isIP } from 'node:net';
import { SlipwayError } from '../errors.ts';
import { ownIdentity } from '../ssh/index.ts';
import type { Jump } from '../store/machine.ts';
import { hostKeysOf } from './hostkey.ts';
import type { Work } from './work.ts';

/**
 * The host in between that `[USER@]HOST[:PORT]` names. Its key must be known to the user's own ssh, or be agreed to by
 * the person at the terminal; we log in to it as the user's own ssh would.
 * @throws SlipwayError `bad-input`, `unsafe`
 */
export async function jumpThrough(work: Work, given: string): Promise<Jump> {
  const place = parseJump(given);
  const identity = await ownIdentity();
  if (!identity) {
    throw new SlipwayError('bad-input', `There is no key to log in to "${place.host}" with`, {
      hint: 'Add a key to your SSH agent: ssh-add FILE',
    });
  }
  const accept = () =>
    `log in to it once with your own ssh, which keeps it: ssh -p ${place.port} ${place.user}@${place.host}`;
  return { ...place, identity, hostKeys: await hostKeysOf(work, { ...place, accept }) };
}

/** @throws SlipwayError `bad-input` */
export function parseJump(given: string): Pick<Jump, 'host' | 'port' | 'user'> {
  const match = /^(?:([A-Za-z0-9_][\w.-]*)@)?(\[[0-9a-fA-F:.%]+\]|[A-Za-z0-9][\w.-]*)(?::(\d{1,5}))?$/.exec(given);
  const [, user = 'root', name = '', digits = '22'] = match ?? [];
  const [host, port] = [name.replace(/^\[|\]$/g, ''), Number(digits)];
  const isHost = !name.startsWith('[') || isIP(host) === 6;
  if (match && isHost && port >= 1 && port <= 65535) return { user, host, port };
  throw new SlipwayError('bad-input', `"${given}" does not say which host to go through`, {
    hint: 'Write [USER@]HOST[:PORT]: admin@bastion.example.com, root@[2001:db8::1]:2222',
  });
}
