import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { codeOf, SlipwayError } from '../errors.ts';
import { agentHoldsKeys } from './agent.ts';
import { publicHalf } from './identity.ts';

/** How the person at this computer proves who they are: an agent that holds a key, or the file of one. */
export type OwnIdentity = { readonly file: string } | { readonly agent: true };

/** What ssh itself would try first: the agent, then the usual files. Undefined where there is none of them. */
export async function ownIdentity(): Promise<OwnIdentity | undefined> {
  if (await agentHoldsKeys()) return { agent: true };
  for (const name of ['id_ed25519', 'id_ecdsa', 'id_rsa']) {
    const own = join(homedir(), '.ssh', name);
    if (await isThere(own)) return { file: await privateFile(own) };
  }
  return undefined;
}

/** As ssh itself: a key that others can read is not used. @throws SlipwayError `bad-input`, `unsafe` */
export async function privateFile(path: string): Promise<string> {
  const about = await stat(path).catch((cause: unknown) => {
    throw new SlipwayError('bad-input', `The key "${path}" cannot be read`, { cause });
  });
  if (!about.isFile()) throw new SlipwayError('bad-input', `The key "${path}" is not a file`);
  if ((about.mode & 0o077) === 0) return path;
  throw new SlipwayError('unsafe', `The key "${path}" can be read by others`, { hint: `Close it: chmod 600 ${path}` });
}

/**
 * The public half of a private key's file: the line for authorized_keys.
 * @throws SlipwayError `bad-input`, `unsafe` as `privateFile`; `bad-input` for what is no key, or needs a passphrase
 */
export async function publicKeyOfFile(path: string): Promise<string> {
  const text = await readFile(await privateFile(path), 'utf8');
  return publicHalf(text).catch((cause: unknown) => {
    throw new SlipwayError('bad-input', `The key "${path}" cannot be used`, {
      cause,
      hint: 'Give the file of an OpenSSH or PEM private key without a passphrase.',
    });
  });
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    },
  );
}
