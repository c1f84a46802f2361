import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { codeOf, SlipwayError } from '../../errors.ts';

/**
 * The token as DigitalOcean's own program finds it: DIGITALOCEAN_ACCESS_TOKEN, or that of a context in its file.
 * @throws SlipwayError `no-credentials`
 */
export function tokenFor(context: string | undefined): string {
  const { current, tokens } = process.env.DIGITALOCEAN_ACCESS_TOKEN ? NOTHING : configuration();
  const token = process.env.DIGITALOCEAN_ACCESS_TOKEN || tokens.get(context ?? current);
  if (token) return token;
  throw noToken(context ?? current);
}

/** The context whose token is used, where `named` is the one asked for; undefined where the environment has a token. */
export function contextInUse(named: string | undefined): string | undefined {
  if (process.env.DIGITALOCEAN_ACCESS_TOKEN) return undefined;
  return named ?? configuration().current;
}

interface Configuration {
  readonly current: string;
  readonly tokens: ReadonlyMap<string, string>;
}

/** The context whose token stands by itself. */
const DEFAULT = 'default';
const NOTHING: Configuration = { current: DEFAULT, tokens: new Map() };

/** Where doctl keeps it: in the system's own folder for such files. */
function configPath(): string {
  const folder =
    process.platform === 'darwin'
      ? join(homedir(), 'Library', 'Application Support')
      : process.env.XDG_CONFIG_HOME || join(homedir(), '.config');
  return join(folder, 'doctl', 'config.yaml');
}

function configuration(): Configuration {
  try {
    return parse(readFileSync(configPath(), 'utf8'));
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return NOTHING;
    throw new SlipwayError('no-credentials', `The file "${configPath()}" cannot be read`, { cause });
  }
}

/** Of YAML, what doctl writes: a value a line, and contexts indented below their heading. */
function parse(yaml: string): Configuration {
  const tokens = new Map<string, string>();
  let current = DEFAULT;
  let heading = '';
  for (const line of yaml.split(/\r?\n/)) {
    const [, indent = '', name = '', value = ''] = /^(\s*)("[^"]*"|'[^']*'|[^\s:#][^:]*):\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === '') continue;
    if (indent === '') heading = name;
    if (indent === '' && name === 'context' && bare(value)) current = bare(value);
    if (indent === '' && name === 'access-token' && bare(value)) tokens.set(DEFAULT, bare(value));
    if (indent !== '' && heading === 'auth-contexts') tokens.set(bare(name), bare(value));
  }
  return { current, tokens };
}

function bare(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
}

function noToken(context: string): SlipwayError {
  const looked = `looked at DIGITALOCEAN_ACCESS_TOKEN, and for the context "${context}" in "${configPath()}"`;
  return new SlipwayError('no-credentials', `There are no credentials for DigitalOcean: ${looked}`, {
    hint: 'Make a token at https://cloud.digitalocean.com/account/api/tokens, then type: doctl auth init',
  });
}
