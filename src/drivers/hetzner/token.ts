import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { codeOf, SlipwayError } from '../../errors.ts';

/**
 * The token as Hetzner's own program finds it: HCLOUD_TOKEN, or that of a context in its file. HETZNER_API_TOKEN is where
 * the driver for docker-machine looked. @throws SlipwayError `no-credentials`
 */
export function tokenFor(context: string | undefined): string {
  const token = tokenInEnvironment() ?? tokenIn(configuration(), context);
  if (token) return token;
  throw noToken(context);
}

/** The context whose token is used, where `named` is the one asked for; undefined where the environment has a token. */
export function contextInUse(named: string | undefined): string | undefined {
  return tokenInEnvironment() ? undefined : (named ?? configuration().active);
}

function tokenInEnvironment(): string | undefined {
  return process.env.HCLOUD_TOKEN || process.env.HETZNER_API_TOKEN;
}

interface Configuration {
  readonly active?: string;
  readonly tokens: ReadonlyMap<string, string>;
}

function tokenIn({ active, tokens }: Configuration, context = active): string | undefined {
  return context === undefined ? undefined : tokens.get(context);
}

function configPath(): string {
  return process.env.HCLOUD_CONFIG || join(homedir(), '.config', 'hcloud', 'cli.toml');
}

function configuration(): Configuration {
  try {
    return parse(readFileSync(configPath(), 'utf8'));
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return { tokens: new Map() };
    throw new SlipwayError('no-credentials', `The file "${configPath()}" cannot be read`, { cause });
  }
}

/** Of TOML, what hcloud writes: a table in an array for each context, and texts as values. */
function parse(toml: string): Configuration {
  const tokens = new Map<string, string>();
  let active: string | undefined;
  let table = '';
  let name = '';
  for (const line of toml.split(/\r?\n/)) {
    const heading = /^\s*\[\[?\s*([\w."-]+)\s*\]?\]/.exec(line)?.[1];
    if (heading !== undefined) [table, name] = [heading, ''];
    const [, key, value] = /^\s*(\w+)\s*=\s*("(?:[^"\\]|\\.)*"|'[^']*')/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    if (table === '' && key === 'active_context') active = textIn(value);
    if (table === 'contexts' && key === 'name') name = textIn(value);
    if (table === 'contexts' && key === 'token') tokens.set(name, textIn(value));
  }
  return { tokens, ...(active === undefined ? {} : { active }) };
}

/** A basic string of TOML escapes as JSON does; a literal one does not. */
function textIn(value: string): string {
  return value.startsWith("'") ? value.slice(1, -1) : String(JSON.parse(value));
}

function noToken(context: string | undefined): SlipwayError {
  const place = context === undefined ? `the active context` : `the context "${context}"`;
  const sentence = `There are no credentials for Hetzner Cloud: looked at HCLOUD_TOKEN, and for ${place} in "${configPath()}"`;
  return new SlipwayError('no-credentials', sentence, {
    hint: 'Make an API token that may read and write at https://console.hetzner.cloud, then type: hcloud context create NAME',
  });
}
