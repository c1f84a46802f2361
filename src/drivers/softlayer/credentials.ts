import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { codeOf, SlipwayError } from '../../errors.ts';

/** The user's own decides over the system's. */
const FILES = [join(homedir(), '.softlayer'), '/etc/softlayer.conf'];

/**
 * What stands in the header of each request: user and API key as docker-machine found them, and then as slcli does.
 * @throws SlipwayError `no-credentials`
 */
export function authorization(files = FILES): string {
  const { SOFTLAYER_USER, SL_USERNAME, SOFTLAYER_API_KEY, SL_API_KEY } = process.env;
  const [user, key] = [SOFTLAYER_USER || SL_USERNAME, SOFTLAYER_API_KEY || SL_API_KEY];
  const found = user && key ? { user, key } : files.map(inFile).find((each) => each !== undefined);
  if (found) return `Basic ${Buffer.from(`${found.user}:${found.key}`).toString('base64')}`;
  const looked = `looked at SOFTLAYER_USER and SOFTLAYER_API_KEY, SL_USERNAME and SL_API_KEY, and in ${files.join(' and ')}`;
  throw new SlipwayError('no-credentials', `There are no credentials for SoftLayer: ${looked}`, {
    hint: 'Make an API key at https://cloud.ibm.com/iam/apikeys, "Classic infrastructure", then type: slcli setup',
  });
}

function inFile(path: string): { user: string; key: string } | undefined {
  const values = new Map<string, string>();
  let section = '';
  for (const line of textOf(path).split(/\r?\n/)) {
    section = /^\s*\[(.*)\]\s*$/.exec(line)?.[1] ?? section;
    const [, name, value] = /^\s*(\w+)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (section === 'softlayer' && name && value) values.set(name, value);
  }
  const [user, key] = [values.get('username'), values.get('api_key')];
  return user === undefined || key === undefined ? undefined : { user, key };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return '';
    throw new SlipwayError('no-credentials', `The file "${path}" cannot be read`, { cause });
  }
}
