import { SlipwayError } from '../errors.ts';

/** One entry of daemon.json, and the flag of dockerd that means the same. */
export interface Setting {
  key: string;
  flag: string;
  /** A list is added to the one that is there, an object is merged into it, anything else takes its place. */
  value: unknown;
}

// dockerd's flags whose entry has another name, or that may be given several times:
// https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file
const LISTS: Readonly<Record<string, string>> = {
  'allow-nondistributable-artifacts': 'allow-nondistributable-artifacts',
  'authorization-plugin': 'authorization-plugins',
  'cdi-spec-dir': 'cdi-spec-dirs',
  dns: 'dns',
  'dns-opt': 'dns-opts',
  'dns-search': 'dns-search',
  'exec-opt': 'exec-opts',
  'insecure-registry': 'insecure-registries',
  label: 'labels',
  'node-generic-resource': 'node-generic-resources',
  'registry-mirror': 'registry-mirrors',
  'storage-opt': 'storage-opts',
};
const MAPS: Readonly<Record<string, string>> = { 'log-opt': 'log-opts' };
/** Texts that may look like a number or a truth value. */
const TEXTS: ReadonlySet<string> = new Set([
  'bridge',
  'cgroup-parent',
  'containerd-namespace',
  'data-root',
  'exec-root',
  'group',
  'pidfile',
  'userns-remap',
]);
/** What Slipway sets by itself. */
const OURS = /^(tls.*|hosts?|H|config-file|validate)$/;

/**
 * Reads an engine option, "name=value" or only "name" for true; a value that begins with { or [ is JSON.
 * @throws SlipwayError `bad-input`
 */
export function readOption(text: string): Setting {
  const [, name = '', given] = /^(?:--)?([A-Za-z0-9][A-Za-z0-9-]*)(?:=([\s\S]*))?$/.exec(text) ?? [];
  if (name === '') throw refusal(text, 'It must be name=value, as in "log-driver=local"');
  if (OURS.test(name)) throw refusal(text, `Slipway sets "${name}" by itself`);
  const listKey = LISTS[name] ?? Object.values(LISTS).find((key) => key === name);
  const mapKey = MAPS[name] ?? Object.values(MAPS).find((key) => key === name);
  const key = listKey ?? mapKey ?? name;
  if (given !== undefined && /^\s*[[{]/.test(given)) return setting(key, parsed(text, given));
  if (listKey) return setting(key, [given ?? '']);
  if (mapKey) return setting(key, entry(text, given ?? ''));
  return setting(key, TEXTS.has(key) ? (given ?? '') : scalar(given ?? 'true'));
}

/** An entry by its name in daemon.json. */
export function setting(key: string, value: unknown): Setting {
  const renamed = [...Object.entries(LISTS), ...Object.entries(MAPS)].find(([, name]) => name === key);
  return { key, flag: renamed?.[0] ?? key, value };
}

function scalar(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
}

function entry(option: string, text: string): Record<string, string> {
  const [, name, value = ''] = /^([^=]+)=([\s\S]*)$/.exec(text) ?? [];
  if (name === undefined) throw refusal(option, 'It must be name=NAME=VALUE, as in "log-opt=max-size=10m"');
  return { [name]: value };
}

function parsed(option: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refusal(option, 'A value that begins with { or [ must be JSON', error);
  }
}

function refusal(option: string, hint: string, cause?: unknown): SlipwayError {
  return new SlipwayError('bad-input', `"${option}" is not an engine option that can be set`, {
    hint,
    ...(cause === undefined ? {} : { cause }),
  });
}
