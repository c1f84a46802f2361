import { SlipwayError } from '../errors.ts';
import { configuration, keepsContainers } from './configuration.ts';
import { print, withoutUs } from './daemon-json.ts';
import type { Facts } from './facts.ts';
import { install, refuseUnknownInit } from './sources/source.ts';
import type { Step } from './step.ts';
import {
  allowUser,
  configure,
  endContainersInTime,
  openPort,
  setHostname,
  setLiveRestore,
  startEngine,
  waitForCloudInit,
  writeCertificates,
} from './steps.ts';
import type { ServerTls, Wish } from './wish.ts';

/**
 * What comes before `setUp`: waits for those who are still at work on the host, and installs the engine where there is
 * none. After any step of it the facts must be asked for again: only an installed engine tells how it is started.
 * @throws SlipwayError for every wish that cannot come true, before anything is changed
 */
export function prepare(facts: Facts, wish: Wish): Step[] {
  refuseUnknownInit(facts);
  configuration(facts, wish);
  const engine = install(facts, wish.engine);
  return [
    ...(facts.busy ? [waitForCloudInit] : []),
    ...(wish.hostname === undefined ? [] : [setHostname(wish.hostname)]),
    ...engine,
  ];
}

/**
 * Makes the engine listen for its owner alone, and what else was wished. Repeatable: what is done already stays, and
 * the engine is restarted only for a change. Containers go on running where the engine allows.
 * @param facts asked for after `prepare`
 * @throws SlipwayError `broken`, `refused`, `bad-input`
 */
export function setUp(facts: Facts, wish: Wish): Step[] {
  refuseUnknownInit(facts);
  if (!facts.engine) throw new SlipwayError('failed', 'There is still no dockerd on the host', { hint: 'Try again' });
  const files = configuration(facts, wish);
  return [
    ...holdContainers(facts),
    ...(wish.tls ? [writeCertificates(wish.tls)] : []),
    configure(files, facts.engine.version),
    ...(wish.port === undefined ? [] : [openPort(wish.port)]),
    ...(wish.adopted ? [] : [endContainersInTime]),
    startEngine(facts),
    ...(wish.user === undefined ? [] : [allowUser(wish.user)]),
  ];
}

/**
 * Puts new certificates in place of the old ones, without stopping containers. While one authority takes over from
 * another, `ca` holds both.
 */
export function renew(facts: Facts, tls: ServerTls): Step[] {
  return [...holdContainers(facts), writeCertificates(tls), startEngine(facts)];
}

/** An engine that would take its containers down with it is first told not to. */
export function holdContainers(facts: Facts): Step[] {
  const { engine } = facts;
  if (!engine?.running || engine.liveRestore || engine.containers === 0 || !keepsContainers(facts)) return [];
  const { text, json } = withoutUs({ ...facts.daemonJson, ours: false });
  return [setLiveRestore(facts, true, print({ ...json, 'live-restore': true }, text), 'put')];
}
