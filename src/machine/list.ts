import { setFlagsFromString } from 'node:v8';
import { currentContext } from '../context/index.ts';
import type { PowerState } from '../drivers/driver.ts';
import { sentenceOf } from '../errors.ts';
import { lockHolder } from '../store/lock.ts';
import { type Lifetime, type Listed, listMachines, type Machine } from '../store/machine.ts';
import { type Turns, turns } from '../turns.ts';
import { engineUrl } from './context.ts';
import { driverOf, madeOf } from './driving.ts';
import { askEngine } from './engine.ts';
import { type AskState, placesOf } from './states.ts';
import type { Work } from './work.ts';

/** What `ls` shows of one machine. */
export interface Row {
  readonly name: string;
  /** The docker client of this shell talks to it. */
  readonly active: boolean;
  readonly driver: string;
  readonly state: State;
  readonly url?: string;
  /** The version of its engine. */
  readonly engine?: string;
  /** When its certificate runs out; ISO 8601. */
  readonly expires?: string;
  /** When it goes by itself; absent for one that stays. */
  readonly lifetime?: Lifetime;
  readonly protected?: true;
  readonly error?: string;
}

/**
 * What the place says, and what it cannot know: `Creating` while a living process makes it, `Interrupted` when that
 * process died, `Broken` for a record that cannot be read, `Unreachable` and `Timeout` for one that does not answer.
 */
export type State = PowerState | 'Creating' | 'Removing' | 'Interrupted' | 'Broken' | 'Unreachable' | 'Timeout';

/**
 * Every machine, its place and its engine, all asked at once; after `timeout` milliseconds what is known is all there is.
 * Records and drivers are read before that time begins, so that nobody is blamed for it; a cloud's library is in it.
 */
export async function list(work: Work, timeout: number): Promise<Row[]> {
  setFlagsFromString(NO_ROOM_TO_GROW);
  const machines = await listMachines(work.store);
  const active = await activeIn(work, machines);
  const placeOf = placesOf(work, machines);
  const places = await Promise.all(machines.map((listed) => placeFor(listed, placeOf)));
  const asking = { engines: turns(ENGINES_AT_ONCE), timeout, end: performance.now() + timeout };
  const row = (listed: Listed, index: number) =>
    rowWithin(work, listed, listed.name === active, { ...asking, place: places[index] });
  return Promise.all(machines.map(row));
}

/**
 * Places tell of hundreds of machines in a page, and while it is read V8 enlarges the room for new objects, by 40 MB that it
 * does not give back. A V8 that does not know the flag says so on standard error, and goes on as it would.
 */
const NO_ROOM_TO_GROW = '--semi-space-growth-factor=1';

/** Hundreds of engines greeted in the same moment would all be answered in the last. */
const ENGINES_AT_ONCE = 16;
/** For how long one that is silent keeps the others waiting, in milliseconds. */
const PATIENCE = 100;

/** The machine that the docker client of this shell talks to, by DOCKER_HOST or by its context. */
export async function activeMachine(work: Work): Promise<string | undefined> {
  return activeIn(work, await listMachines(work.store));
}

/** The state of one machine: what the place says, or, where power is not ours, whether the engine answers. */
export async function stateOf(work: Work, machine: Machine): Promise<State> {
  if (machine.phase !== 'ready') return unreadyState(work, machine);
  const driver = await driverOf(work, machine);
  if (driver.power) return driver.power.state(madeOf(machine));
  return askEngine(work, machine).then(
    () => 'Running',
    () => 'Unreachable',
  );
}

async function activeIn(work: Work, machines: readonly Listed[]): Promise<string | undefined> {
  const host = work.env.DOCKER_HOST;
  const context = work.store.oldCerts ? undefined : await currentContext(work.env).catch(() => undefined); // docker itself says what is wrong with its file
  return machines.find((listed) => {
    if (!('machine' in listed) || !listed.machine.endpoint) return false;
    return host ? engineUrl(listed.machine) === host : listed.machine.context === context;
  })?.name;
}

interface Asking {
  /** Undefined where power is not ours. */
  readonly place: AskState | undefined;
  readonly engines: Turns;
  readonly timeout: number;
  /** When it is over, by `performance.now`. */
  readonly end: number;
}

/** One that cannot be asked says why when it is. */
async function placeFor(listed: Listed, placeOf: ReturnType<typeof placesOf>): Promise<AskState | undefined> {
  if (!('machine' in listed)) return undefined;
  return placeOf(listed.machine).catch((error: unknown) => () => Promise.reject(error));
}

async function rowWithin(work: Work, listed: Listed, active: boolean, asking: Asking): Promise<Row> {
  const { place, timeout, end } = asking;
  const row = rowOf(listed, active);
  if (!('machine' in listed)) return row;
  const seen: Seen = { awaited: place ? listed.machine.driver : ENGINE };
  const late = new Promise<Partial<Row>>((resolve) => {
    setTimeout(() => resolve(soFar(seen, timeout)), end - performance.now()).unref();
  });
  return { ...row, ...(await Promise.race([ask(work, listed.machine, asking, seen), late])) };
}

const ENGINE = 'its engine';

/** What is known of a machine while it is asked about. */
interface Seen {
  /** Who has not answered. */
  awaited: string;
  /** The engine's version, where it has answered. */
  engine?: string;
  /** Why the place has not told the state. */
  error?: string;
}

/** An engine that answers runs, whatever its place says or does not. */
function soFar({ awaited, engine, error }: Seen, timeout: number): Partial<Row> {
  const why = error ?? `${awaited} did not answer within ${timeout / 1000} s`;
  if (engine !== undefined) return { state: 'Running', engine, error: why };
  return { state: error === undefined ? 'Timeout' : 'Unreachable', error: why };
}

function rowOf(listed: Listed, active: boolean): Row {
  if ('error' in listed) {
    return { name: listed.name, active, driver: '', state: 'Broken', error: sentenceOf(listed.error) };
  }
  const { name, driver, endpoint, tls, lifetime } = listed.machine;
  return {
    name,
    active,
    driver,
    state: 'Timeout',
    ...(endpoint ? { url: engineUrl(listed.machine) } : {}),
    ...(tls.expires === undefined ? {} : { expires: tls.expires }),
    ...(lifetime ? { lifetime } : {}),
    ...(listed.machine.protected ? { protected: true } : {}),
  };
}

async function ask(work: Work, machine: Machine, asking: Asking, seen: Seen): Promise<Partial<Row>> {
  if (machine.phase !== 'ready') {
    const state = await unreadyState(work, machine);
    return state === 'Interrupted' ? { state, error: `remove what is left: slipway rm ${machine.name}` } : { state };
  }
  const enough = new AbortController();
  const signal = AbortSignal.any([enough.signal, ...(work.signal ? [work.signal] : [])]);
  const engine = askInTurn({ ...work, signal }, machine, asking).then(
    (version): Partial<Row> => {
      seen.engine = version;
      return { engine: version };
    },
    (error: unknown): Partial<Row> => ({ error: sentenceOf(error) }),
  );
  try {
    const state = await asking.place?.();
    if (state !== undefined && state !== 'Running') return { state };
    seen.awaited = ENGINE;
    const answer = await engine;
    return { state: state ?? (answer.engine === undefined ? 'Unreachable' : 'Running'), ...answer };
  } catch (error) {
    seen.error = sentenceOf(error);
    await engine;
    return soFar(seen, asking.timeout);
  } finally {
    enough.abort();
  }
}

async function askInTurn(work: Work, machine: Machine, { engines, timeout }: Asking): Promise<string> {
  const leave = await engines.enter(work.signal);
  setTimeout(leave, PATIENCE).unref();
  return askEngine(work, machine, timeout).finally(leave);
}

async function unreadyState(work: Work, machine: Machine): Promise<State> {
  if ((await lockHolder(work.store.locks, machine.name)) === undefined) return 'Interrupted';
  return machine.phase === 'creating' ? 'Creating' : 'Removing';
}
