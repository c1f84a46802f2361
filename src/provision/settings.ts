import { SlipwayError } from '../errors.ts';
import { readOption, type Setting, setting } from './options.ts';
import { TLS_FILES } from './paths.ts';
import type { EngineWish } from './wish.ts';

/**
 * What a wish means in daemon.json, besides where to listen.
 * @throws SlipwayError `bad-input` for a value with which the engine would refuse to start
 */
export function settingsOf(engine: EngineWish): Setting[] {
  return [
    ...list('labels', engine.labels, label),
    ...list('registry-mirrors', engine.mirrors, mirror),
    ...list('insecure-registries', engine.insecureRegistries, registry),
    ...(engine.storageDriver ? [setting('storage-driver', engine.storageDriver)] : []),
    ...engine.options.map(readOption),
  ];
}

/** Who alone is let in at a port. */
export const tlsSettings: readonly Setting[] = [
  setting('tlsverify', true),
  setting('tlscacert', TLS_FILES.ca),
  setting('tlscert', TLS_FILES.cert),
  setting('tlskey', TLS_FILES.key),
];

/** The environment of the engine, as pairs. A later one takes the place of an earlier one. */
export function environmentOf(engine: EngineWish): Map<string, string> {
  return new Map(engine.env.map(variable));
}

function list(key: string, values: readonly string[], checked: (value: string) => string): Setting[] {
  return values.length === 0 ? [] : [setting(key, values.map(checked))];
}

// An engine takes a label only as key=value, and two values of one key stop it.
function label(text: string): string {
  if (/^[^=\s]+=/.test(text) && !text.includes('\0')) return text;
  throw refusal(text, 'an engine label', 'It must be key=value');
}

function mirror(text: string): string {
  const url = URL.parse(text);
  const plain =
    url && /^https?:$/.test(url.protocol) && `${url.username}${url.password}${url.search}${url.hash}` === '';
  if (plain && !/[\s\0]/.test(text)) return text;
  throw refusal(text, 'a registry mirror', 'It must be a URL as https://mirror.example.com, without a password');
}

function registry(text: string): string {
  if (/^[A-Za-z0-9[][A-Za-z0-9._:[\]/-]*$/.test(text) && !text.includes('://')) return text;
  throw refusal(text, 'an insecure registry', 'It must be HOST, HOST:PORT or a network as 10.0.0.0/8');
}

function variable(text: string): [string, string] {
  const [, name, value = ''] = /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/.exec(text) ?? [];
  if (name !== undefined && !/[\0-\x08\x0b-\x1f\x7f]/.test(value)) return [name, value];
  throw refusal(text, "a variable of the engine's environment", 'It must be NAME=value, without control characters');
}

function refusal(text: string, what: string, hint: string): SlipwayError {
  return new SlipwayError('bad-input', `${JSON.stringify(text)} cannot be ${what}`, { hint });
}
