import { readFile, realpath } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { codeOf, SlipwayError } from '../errors.ts';
import { makeFolder, replaceFile } from '../files.ts';

/**
 * Makes the user's own ssh, which is what the docker command line calls for an ssh:// context, read this file too, and
 * first: of two settings the first counts (ssh_config(5)). ssh looks for its configuration in the home folder of the
 * user's account, whatever HOME says.
 * @throws SlipwayError `bad-input` for a path that cannot stand there
 */
export async function includeInSsh(file: string, home = userInfo().homedir): Promise<void> {
  const { path, text } = await ownConfig(home);
  const lines = includeLines(file);
  if (!text.startsWith(lines)) await replaceFile(path, lines + without(text, lines));
}

/** Takes that back; what else is in the user's file stays as it is. */
export async function excludeFromSsh(file: string, home = userInfo().homedir): Promise<void> {
  const { path, text } = await ownConfig(home);
  const lines = includeLines(file);
  if (text.includes(lines)) await replaceFile(path, without(text, lines));
}

function includeLines(file: string): string {
  if (/["\r\n]|\$\{/.test(file)) {
    throw new SlipwayError('bad-input', `The path ${JSON.stringify(file)} cannot stand in a configuration of ssh`, {
      hint: 'Keep the store in a folder without a quotation mark, a line end or "${" in its name.',
    });
  }
  return `# For docker contexts that go through SSH; written by Slipway, which removes it again\nInclude "${file}"\n\n`;
}

function without(text: string, lines: string): string {
  return text.replaceAll(lines, '');
}

/** A configuration that is a link somewhere else is changed there. */
async function ownConfig(home: string): Promise<{ path: string; text: string }> {
  const path = join(home, '.ssh', 'config');
  try {
    const real = await realpath(path);
    return { path: real, text: await readFile(real, 'utf8') };
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    await makeFolder(join(home, '.ssh'));
    return { path, text: '' };
  }
}
