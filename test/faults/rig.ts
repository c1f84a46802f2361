import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { ProgramResult } from '../../src/program.ts';
import { type Note, readMachine } from '../../src/store/machine.ts';
import { ended, newCloudUser, start } from '../clouds/cli.ts';
import { type Call, type FaultyCloud, wordsFor } from '../clouds/cloud.ts';
import type { User } from '../commands/cli.ts';
import { type Lane, type Lanes, openLanes } from './lanes.ts';
import { filesLeft } from './left.ts';
import {
  DEATHS,
  everywhere,
  FAULTS,
  type Misfortune,
  type Point,
  REFUSED,
  REFUSED_TOO_LATE,
  sampled,
  someReads,
  strike,
} from './misfortunes.ts';
import { untilSsh, WAITS_FOR_SSH } from './resident.ts';
import { publish } from './summary.ts';

/** The machine of every run. */
const NAME = 'dev';

/** What comes before a request is there after the one before it too, but that it was noted down. */
const AFTER_A_CHANGE = DEATHS.filter(({ changesOnly }) => changesOnly);

/** A command that asks a place for something, in a state that others have made. */
interface Scenario {
  readonly command: string;
  prepare(lane: Lane, user: User): Promise<unknown>;
  words(lane: Lane): string[];
  /** What happens to its requests where there is no time for all; to none of them while lists lag. */
  readonly only?: 'deaths after a change';
}

const CREATE: Scenario = { command: 'create', prepare: async () => undefined, words: createWords };

const SCENARIOS: readonly Scenario[] = [
  CREATE,
  { command: 'rm', prepare: createAndKeep, words: () => ['rm', '-y', NAME] },
  { command: 'gc', prepare: createAndKeep, words: () => ['gc', '--yes'], only: 'deaths after a change' },
  { command: 'run', prepare: async () => undefined, words: runWords, only: 'deaths after a change' },
];

/**
 * The test of one driver: lets everything that can happen to a request happen to each that a command makes, each time
 * with a store of its own, and then removes the machine. Nobody is at the machines' addresses: when `create` waits for
 * SSH it has made all its parts, and is interrupted. Gives its rows to the table. A driver that tells refusals from other
 * answers must also be `believed`.
 */
export function expectNoLeak(startCloud: () => Promise<FaultyCloud>, { believed = true } = {}): void {
  test(
    'whatever happens to a request, what is said is true, and rm leaves nothing',
    async () => {
      const [deaths, faults] = process.env.SLIPWAY_TEST_ALL ? [everywhere, everywhere] : [someReads, sampled];
      const lanes = await openLanes(startCloud);
      try {
        const prompt = await outcomes(lanes, (calls) => [...deaths(calls, DEATHS), ...faults(calls, FAULTS)]);
        for (const { cloud } of lanes.all) await cloud.lag(LAG);
        const lagging = process.env.SLIPWAY_TEST_ALL ? DEATHS : AFTER_A_CHANGE;
        const those = SCENARIOS.filter(({ only }) => process.env.SLIPWAY_TEST_ALL || !only);
        const late = await outcomes(lanes, (calls) => everywhere(calls, lagging).filter(({ reads }) => !reads), those);
        const all = [...prompt, ...late.map((each) => ({ ...each, fault: `${each.fault}, lists lag` }))];
        await publish(all);
        if (believed) await expectRefusalsBelieved(lanes);
        expect(all.filter(({ reached }) => reached).length).toBeGreaterThan(30);
        expect(all.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
        expect(lanes.all.flatMap(({ cloud }) => cloud.complaints)).toEqual([]);
      } finally {
        await lanes.close();
      }
    },
    30 * 60_000,
  );
}

/** What a place refuses is not waited for; all that may have been made is found all the same, though lists lag. */
async function expectRefusalsBelieved(lanes: Lanes): Promise<void> {
  const [calls = []] = await lanes.each([CREATE], callsOf);
  const changes = [...new Set(calls.filter(({ reads }) => !reads).map(({ what }) => what))];
  const refused = await lanes.each(changes, (lane, what) => refuse(lane, what, REFUSED));
  expect(refused.flatMap(({ wrong }) => wrong)).toEqual([]);
  const sure = refused.filter(({ note }) => note?.refused);
  expect(sure.at(-1)?.note?.kind).toBe(refused.at(-1)?.note?.kind ?? 'a kind'); // the machine itself
  const making = sure.slice(-1).map(({ what }) => what);
  const late = await lanes.each(making, (lane, what) => refuse(lane, what, REFUSED_TOO_LATE));
  expect(late.map(({ note, wrong }) => ({ refused: note?.refused, wrong }))).toEqual([{ wrong: [] }]);
}

interface Refused {
  readonly what: string;
  /** Of the part that was asked for last. */
  readonly note: Note | undefined;
  /** What was left after the machine's removal. */
  readonly wrong: readonly string[];
}

/** Lets the misfortune happen to the first such request of a `create`. */
async function refuse(lane: Lane, what: string, misfortune: Misfortune): Promise<Refused> {
  const { cloud } = lane;
  const user = await newCloudUser(cloud);
  let first: number | undefined;
  cloud.intercept = (call, moment) => {
    if (call.what === what && !call.reads) first ??= call.n;
    if (first === undefined || call.n < first || (call.n > first && !misfortune.lasts)) return undefined;
    return misfortune.fault(cloud, moment, call.n > first);
  };
  try {
    await untilSsh(lane.resident, [...createWords(lane), '--keep-on-failure'], user.env);
    const { notes } = await readMachine(user.store, NAME);
    return { what, note: notes.at(-1), wrong: await leftAfterRemoval(lane, user) };
  } finally {
    cloud.intercept = () => undefined;
    await user.remove();
  }
}

/** In milliseconds. EC2's lists are some seconds late now and then. */
const LAG = 3000;

/** What came of one misfortune. */
export interface Outcome {
  readonly driver: string;
  readonly command: string;
  readonly fault: string;
  /** The request's number, and what it was. */
  readonly call: string;
  /** False where the command ended without that request. */
  readonly reached: boolean;
  /** What was there and should not have been, and what was said and was not so; none is what is wanted. */
  readonly wrong: readonly string[];
}

async function outcomes(
  lanes: Lanes,
  pointsOf: (calls: readonly Call[]) => Point[],
  scenarios = SCENARIOS,
): Promise<Outcome[]> {
  const points = await lanes.each(scenarios, async (lane, scenario) =>
    pointsOf(await callsOf(lane, scenario))
      .filter(({ misfortune }) => process.env.SLIPWAY_TEST_ALL || !scenario.only || AFTER_A_CHANGE.includes(misfortune))
      .map((point) => ({ scenario, point })),
  );
  return lanes.each(points.flat(), (lane, { scenario, point }) => suffer(lane, scenario, point));
}

/** The calls of a command to which nothing happens; those of a `create` until it waits for SSH. */
async function callsOf(lane: Lane, scenario: Scenario): Promise<Call[]> {
  const { cloud } = lane;
  const user = await newCloudUser(cloud);
  try {
    await scenario.prepare(lane, user);
    const first = cloud.calls.length;
    let last: number | undefined;
    const { stderr } = await untilSsh(lane.resident, scenario.words(lane), user.env, () => {
      last ??= cloud.calls.length;
    });
    const calls = cloud.calls.slice(first, last);
    if (calls.every(({ reads }) => reads)) {
      throw new Error([`${scenario.command} changed nothing: ${stderr}`, ...cloud.complaints].join('\n'));
    }
    expect(await leftAfterRemoval(lane, user)).toEqual([]);
    return calls;
  } finally {
    await user.remove();
  }
}

async function suffer(lane: Lane, scenario: Scenario, point: Point): Promise<Outcome> {
  const { cloud } = lane;
  const { misfortune, n, what } = point;
  const user = await newCloudUser(cloud);
  try {
    await scenario.prepare(lane, user);
    const words = scenario.words(lane);
    if (misfortune.silent) user.env.SLIPWAY_API_TIMEOUT = '3';
    const { result, reached } = await (misfortune.kills ? die : fail)(lane, user, words, point);
    delete user.env.SLIPWAY_API_TIMEOUT;
    const wrong = [
      ...(misfortune.kills ? [] : [...rudeness(result), ...(await untruth(lane, user, result))]),
      ...(await leftAfterRemoval(lane, user)),
    ];
    return {
      driver: cloud.driver,
      command: scenario.command,
      fault: misfortune.name,
      call: `${n} ${what}`,
      reached,
      wrong,
    };
  } finally {
    cloud.intercept = () => undefined;
    await user.remove();
  }
}

interface Suffered {
  readonly result: ProgramResult;
  readonly reached: boolean;
}

/** In a process of its own, which is killed. */
async function die({ cloud }: Lane, user: User, words: string[], point: Point): Promise<Suffered> {
  const child = start(user, words);
  const struck = strike(cloud, point, () => child.kill('SIGKILL'));
  const stderr = await ended(child, (told) => {
    if (WAITS_FOR_SSH.test(told)) child.kill('SIGKILL'); // it came through without that request
  });
  return { result: { code: child.exitCode ?? -1, stdout: '', stderr }, reached: struck.reached() };
}

async function fail(lane: Lane, user: User, words: string[], point: Point): Promise<Suffered> {
  const struck = strike(lane.cloud, point, () => undefined);
  const result = await untilSsh(lane.resident, words, user.env);
  return { result, reached: struck.reached() };
}

function runWords({ cloud }: Lane): string[] {
  return ['run', '--progress', 'json', ...wordsFor(cloud), '--name', NAME, '--', 'true'];
}

function createWords({ cloud }: Lane): string[] {
  return ['create', '--progress', 'json', ...wordsFor(cloud), NAME];
}

/** As a death leaves it when all parts are made. */
async function createAndKeep(lane: Lane, user: User): Promise<void> {
  const { stderr } = await untilSsh(lane.resident, [...createWords(lane), '--keep-on-failure'], user.env);
  if (!stderr.includes(`"${NAME}" could not be created, and is kept as it is: Interrupted`)) {
    throw new Error(`create did not come to wait for SSH: ${stderr}`);
  }
}

/** What in an error is not for a person to read. */
function rudeness({ code, stdout, stderr }: ProgramResult): string[] {
  const text = stdout + stderr;
  const signs = [/Slipway has a fault/, /^\s+at .*:\d+:\d+/m, /Uncaught/, /\[object Object\]/, /undefined/];
  const rude = signs.filter((sign) => sign.test(text)).map((sign) => `${sign} in what it said: ${text}`);
  return code !== 0 && !/^Error: \S/m.test(stderr) ? [...rude, `code ${code} without an error: ${text}`] : rude;
}

/** Who says that all is well, or that nothing is kept, must be right; and who does not, must name what is left. */
async function untruth({ cloud }: Lane, user: User, { code, stderr }: ProgramResult): Promise<string[]> {
  const said = stderr
    .split('\n')
    .filter((line) => !line.startsWith('{'))
    .join('\n');
  if (!existsSync(user.store.machine(NAME).record)) {
    const left = await cloud.left();
    return left.map((each) => `without a record: ${each}; it said: ${said}`);
  }
  if (code === 0) return ['it said that all is well, and kept a record'];
  return /there is still/.test(said) && said.includes(NAME) ? [] : [`it did not name what is left: ${said}`];
}

/** Removes the machine, if it got as far as to have a record. */
async function leftAfterRemoval({ cloud, resident }: Lane, user: User): Promise<string[]> {
  cloud.intercept = () => undefined;
  const { code, stdout, stderr } = await resident.slipway(['rm', '-y', '--quiet', NAME], user.env);
  const fine = code === 0 || stderr.includes(`There is no machine "${NAME}"`);
  return [...(fine ? [] : [`rm: ${stdout}${stderr}`]), ...(await cloud.left()), ...(await filesLeft(user.home))];
}
