import { SlipwayError } from '../errors.ts';
import { argumentsOf, valuesOf } from './arguments.ts';
import { type DaemonJson, merge, print, withoutUs } from './daemon-json.ts';
import type { EngineFacts, Facts } from './facts.ts';
import { withOurs, withoutOurs } from './openrc.ts';
import { type Setting, setting } from './options.ts';
import { CONF_D, DAEMON_JSON, DROP_IN } from './paths.ts';
import { environmentOf, settingsOf, tlsSettings } from './settings.ts';
import { commandWord, dropIn, execStart } from './unit.ts';
import type { Wish } from './wish.ts';

export interface File {
  path: string;
  /** For a file that is not there yet. */
  mode: string;
  text: string;
}

/**
 * The files that make the engine what was wished. What is in daemon.json and among dockerd's arguments at once keeps
 * it from starting, so a setting that the host has as an argument becomes one more argument.
 * @throws SlipwayError `broken` for a daemon.json that cannot be understood, `refused` for what contradicts the host's own
 */
export function configuration(facts: Facts, wish: Wish): File[] {
  const { text, json } = withoutUs(facts.daemonJson);
  const words = facts.engine ? argumentsOf(facts.engine) : [];
  refuseOtherFile(words);
  if (!facts.touched) refuseForeignClients(json, words);
  const listen = wish.port === undefined ? [] : [`tcp://0.0.0.0:${wish.port}`];
  const settings = [
    ...(wish.swarm ? [] : liveRestore(facts)),
    ...(listen.length > 0 ? tlsSettings : []),
    ...settingsOf(wish.engine),
  ];
  if (facts.engine) refuseOtherStorage(json, settings, facts.engine);
  const asArguments = settings.filter(({ flag }) => valuesOf(words, flag).length > 0);
  const inFile = settings.filter((one) => !asArguments.includes(one));
  if (Array.isArray(json.hosts)) inFile.push(setting('hosts', listen));
  const extra = [
    ...(Array.isArray(json.hosts) ? [] : listen.flatMap((address) => ['-H', address])),
    ...asArguments.flatMap((one) => toWords(one, words)),
  ];
  return [
    { path: DAEMON_JSON, mode: '0644', text: print(merge(json, inFile), text) },
    facts.init === 'openrc' ? openrcFile(facts, wish, extra) : systemdFile(facts, wish, extra),
  ];
}

/** Whether containers can outlive a restart of the engine; a swarm takes care of its own. */
export function keepsContainers(facts: Facts): boolean {
  return !facts.engine?.swarm && valuesOf(facts.engine ? argumentsOf(facts.engine) : [], 'live-restore').length === 0;
}

function liveRestore(facts: Facts): Setting[] {
  return keepsContainers(facts) ? [setting('live-restore', true)] : [];
}

function systemdFile(facts: Facts, wish: Wish, extra: readonly string[]): File {
  const environment = environmentOf(wish.engine);
  const start = execStart(facts.engine?.unit ?? '') ?? facts.engine?.path;
  const command = extra.length === 0 ? undefined : [start, ...extra.map(plainWhereSafe)].join(' ');
  // A proxy's password may be in the environment.
  return { path: DROP_IN, mode: environment.size > 0 ? '0600' : '0644', text: dropIn(environment, command) };
}

function openrcFile(facts: Facts, wish: Wish, extra: readonly string[]): File {
  const now = withoutOurs(facts.confD.now ?? '');
  // dockerd listens on its own socket only while nobody says where to listen.
  const socket = extra.includes('-H') && !/^[^#]*(-H|--host)\b/m.test(now) ? ['-H', 'unix:///var/run/docker.sock'] : [];
  return { path: CONF_D, mode: '0644', text: withOurs(now, environmentOf(wish.engine), [...socket, ...extra]) };
}

function plainWhereSafe(word: string): string {
  return /^[A-Za-z0-9_:/.=-]+$/.test(word) ? word : commandWord(word);
}

/** @throws SlipwayError `refused` where the host has another single value */
function toWords({ key, flag, value }: Setting, words: readonly string[]): string[] {
  const there = valuesOf(words, flag);
  if (Array.isArray(value))
    return value.filter((one) => !there.includes(one)).flatMap((one) => [`--${flag}`, String(one)]);
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, one]) => [`--${flag}`, `${name}=${one}`]);
  }
  if (there.includes(String(value)) || (value === true && there.includes(''))) return [];
  throw new SlipwayError(
    'refused',
    `The engine on the host is started with "--${flag} ${there[0]}", so "${key}" cannot be set`,
    {
      hint: 'Take the flag out of the service on the host, or leave the option away',
    },
  );
}

function refuseOtherFile(words: readonly string[]): void {
  const [file] = valuesOf(words, 'config-file');
  if (file === undefined || file === DAEMON_JSON) return;
  throw new SlipwayError('unsupported', `The engine on the host reads "${file}" instead of "${DAEMON_JSON}"`, {
    hint: 'Slipway manages an engine from packages or binaries, not from a snap',
  });
}

/** Whoever talks to the engine over TCP already would be locked out by our certificates. */
function refuseForeignClients(json: DaemonJson, words: readonly string[]): void {
  const hosts = [...valuesOf(words, 'H', 'host'), ...(Array.isArray(json.hosts) ? json.hosts.map(String) : [])];
  const found =
    hosts.find((host) => /^(tcp:|[^/]*:\d+$|:\d)/.test(host)) ?? Object.keys(json).find((key) => /^tls/.test(key));
  if (found === undefined) return;
  throw new SlipwayError('refused', `The engine on the host serves other clients over TCP already ("${found}")`, {
    hint: 'Slipway would lock them out. Take the tcp:// address and the tls settings out of daemon.json or the service, restart the engine, and try again',
  });
}

/** Another storage driver hides every image and container that is there. */
function refuseOtherStorage(json: DaemonJson, settings: readonly Setting[], engine: EngineFacts): void {
  const wished = settings.find(({ key }) => key === 'storage-driver')?.value;
  const used = engine.images > 0 || engine.containers ? engine.storageDriver : undefined;
  const there = json['storage-driver'] ?? used;
  if (wished === undefined || there === undefined || there === wished) return;
  throw new SlipwayError('refused', `The engine on the host uses the storage driver "${there}", not "${wished}"`, {
    hint: 'Its images and containers would be out of reach: leave --engine-storage-driver away',
  });
}
