import { readFile, readlink, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { codeOf, SlipwayError } from '../errors.ts';
import { makeFolder, replaceFile } from '../files.ts';
import { DEFAULT } from './name.ts';
import { configFile } from './places.ts';

/**
 * The context that config.json names; "default" where it names none.
 * @throws SlipwayError `broken` when it cannot be understood
 */
export async function configuredContext(env: NodeJS.ProcessEnv): Promise<string> {
  const { currentContext } = await readConfig(configFile(env));
  return typeof currentContext === 'string' && currentContext !== '' ? currentContext : DEFAULT;
}

/**
 * Has config.json name another context, and keeps all else in it; a link stays a link.
 * @throws SlipwayError `broken` when it cannot be understood, and leaves it as it is
 */
export async function configureContext(name: string, env: NodeJS.ProcessEnv): Promise<void> {
  if ((await configuredContext(env)) === name) return;
  const path = await target(configFile(env));
  const { currentContext: _, ...others } = await readConfig(path);
  const config = name === DEFAULT ? others : { ...others, currentContext: name };
  await makeFolder(dirname(path));
  await replaceFile(path, JSON.stringify(config, null, '\t'), await modeOf(path));
}

async function readConfig(path: string): Promise<Record<string, unknown>> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  });
  return text.trim() === '' ? {} : parse(text, path);
}

function parse(text: string, path: string): Record<string, unknown> {
  try {
    const config: unknown = JSON.parse(text);
    if (typeof config !== 'object' || config === null || Array.isArray(config)) throw new Error('It is not an object');
    return config as Record<string, unknown>;
  } catch (error) {
    throw new SlipwayError('broken', `The docker client's settings "${path}" cannot be understood`, {
      cause: error,
      hint: 'Repair the file, or move it away: docker makes a new one.',
    });
  }
}

/** Where a link leads, also when nothing is there yet. */
async function target(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const link = await readlink(path).catch(() => '');
    return resolve(dirname(path), link || path);
  }
}

/** It may hold passwords, so a new one is for this user only. */
async function modeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found ? found.mode & 0o777 : 0o600;
}
