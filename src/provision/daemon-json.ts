import { SlipwayError } from '../errors.ts';
import type { ConfigFile } from './facts.ts';
import type { Setting } from './options.ts';
import { DAEMON_JSON } from './paths.ts';

export type DaemonJson = Record<string, unknown>;

/**
 * What daemon.json says without us. A change that somebody made after Slipway counts as theirs.
 * @throws SlipwayError `broken` when it cannot be understood
 */
export function withoutUs(file: ConfigFile): { text: string; json: DaemonJson } {
  const text = (file.ours ? file.original : file.now) ?? '';
  return { text, json: parse(text) };
}

/** The entries with the settings put in; what they do not name stays, in its order. */
export function merge(json: DaemonJson, settings: readonly Setting[]): DaemonJson {
  const result = { ...json };
  for (const { key, value } of settings)
    result[key] = key === 'labels' ? labels(result[key], value) : joined(result[key], value);
  return result;
}

/** The text of a file, indented as the one that it takes the place of. */
export function print(json: DaemonJson, like: string): string {
  const indent = /^[ \t]+(?=")/m.exec(like)?.[0] ?? '  ';
  return `${JSON.stringify(json, undefined, indent)}\n`;
}

function parse(text: string): DaemonJson {
  if (text.trim() === '') return {}; // as dockerd takes it
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw broken(error);
  }
  if (isObject(json)) return json;
  throw broken(new Error('it is not an object'));
}

function broken(cause: unknown): SlipwayError {
  return new SlipwayError('broken', `"${DAEMON_JSON}" on the host cannot be understood; nothing was changed`, {
    cause,
    hint: 'Mend the file on the host, then try again: python3 -m json.tool shows where the mistake is',
  });
}

function joined(old: unknown, value: unknown): unknown {
  if (Array.isArray(value)) return [...new Set([...(Array.isArray(old) ? old : []), ...value])];
  return isObject(value) && isObject(old) ? { ...old, ...value } : value;
}

/** dockerd refuses to start with two values for one label: the last one counts. */
function labels(old: unknown, value: unknown): unknown {
  const all = joined(old, value);
  if (!Array.isArray(all)) return all;
  const name = (label: unknown) => String(label).split('=')[0];
  return all.filter((label, index) => all.findLastIndex((other) => name(other) === name(label)) === index);
}

function isObject(value: unknown): value is DaemonJson {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
