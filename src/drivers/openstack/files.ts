import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { codeOf, SlipwayError } from '../../errors.ts';

/** A cloud as clouds.yaml tells of it, with what secure.yaml adds; all names on one level, those below `auth` too. */
export type Layer = Readonly<Record<string, unknown>>;

export interface Named {
  readonly name: string;
  readonly layer: Layer;
}

/**
 * The cloud of this name; without a name the only one that there is, or undefined. Files are looked for where the
 * openstack program does: docs.openstack.org/openstacksdk, "Configuring OpenStack SDK Applications".
 * @throws SlipwayError `no-credentials` where there is none of this name, or a file cannot be read
 */
export function cloudInFiles(name: string | undefined): Named | undefined {
  const clouds = tableIn('clouds', 'OS_CLIENT_CONFIG_FILE', 'clouds');
  const known = Object.keys(clouds);
  const wanted = name ?? (known.length === 1 ? known[0] : undefined);
  if (wanted === undefined) return undefined;
  if (!known.includes(wanted)) throw unknown(wanted, known);
  const secrets = tableIn('secure', 'OS_CLIENT_SECURE_FILE', 'clouds');
  const own = { ...flat(clouds[wanted]), ...flat(secrets[wanted]) };
  return { name: wanted, layer: { ...profileOf(own), ...own } };
}

/** What several clouds have in common, in clouds-public.yaml. */
function profileOf({ profile }: Layer): Layer {
  if (typeof profile !== 'string') return {};
  const known = tableIn('clouds-public', 'OS_CLIENT_VENDOR_FILE', 'public-clouds')[profile];
  if (known !== undefined) return flat(known);
  throw new SlipwayError('no-credentials', `The profile "${profile}" is not in a clouds-public.yaml`, {
    hint: 'Write what it would say, auth_url for instance, into clouds.yaml.',
  });
}

function flat(given: unknown): Layer {
  const { auth, ...rest } = tableOf(given);
  return { ...rest, ...tableOf(auth) };
}

function tableIn(file: string, variable: string, key: string): Layer {
  for (const path of pathsOf(file, variable)) {
    const document = read(path);
    if (document !== undefined) return tableOf(tableOf(document)[key]);
  }
  return {};
}

function pathsOf(file: string, variable: string): string[] {
  const own = process.env.XDG_CONFIG_HOME || join(homedir(), '.config');
  const folders = [process.cwd(), join(own, 'openstack'), join(homedir(), '.config', 'openstack'), '/etc/openstack'];
  const given = process.env[variable];
  const usual = folders.flatMap((folder) => ['yaml', 'yml', 'json'].map((end) => join(folder, `${file}.${end}`)));
  return given ? [given, ...usual] : usual;
}

/** Undefined where there is no such file. JSON is YAML too. */
function read(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8')) ?? {};
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR') return undefined;
    throw new SlipwayError('no-credentials', `The file "${path}" cannot be read`, { cause: withoutText(cause) });
  }
}

/** A parser quotes the line that it stumbled over, which may hold a password. */
function withoutText(cause: unknown): Error {
  if (!(cause instanceof Error) || codeOf(cause)?.startsWith('E')) return cause as Error;
  return new Error('it is no valid YAML');
}

function tableOf(value: unknown): Layer {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Layer) : {};
}

function unknown(name: string, known: readonly string[]): SlipwayError {
  const there = known.length === 0 ? 'there is no clouds.yaml' : `it has: ${known.join(', ')}`;
  return new SlipwayError('no-credentials', `There is no cloud "${name}" in clouds.yaml`, {
    hint: `Look at --openstack-cloud, or OS_CLOUD; ${there}.`,
  });
}
