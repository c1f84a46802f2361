import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { ended, newCloudUser, start } from '../clouds/cli.ts';
import { wordsFor } from '../clouds/cloud.ts';
import { type GoogleCloud, startCloud } from '../clouds/google/index.ts';

/** How many, with the variable or without; test/e2e/run.test.ts shoots at commands that have begun. */
const TIMES = process.env.SLIPWAY_TEST_ALL ? 200 : 24;
const LANES = 2;
/** In milliseconds, from a call to the place until the signal, and from one signal to the next. */
const LATER = 400;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

interface Shot {
  /** Which, and when. */
  readonly what: string;
  /** Something had been made by then. */
  readonly reached: boolean;
  /** What there was when the process had ended: nothing is wanted, but where it was killed or told not to remove it. */
  readonly left: readonly string[];
  readonly excused: boolean;
  /** What there was after `gc --run-id`. */
  readonly leaks: readonly string[];
}

test(
  'signals at random moments leave nothing, and what SIGKILL leaves gc removes',
  async () => {
    const shots = (await Promise.all(Array.from({ length: LANES }, (_, lane) => shootIn(lane)))).flat();
    const count = (which: (shot: Shot) => boolean) => shots.filter(which).length;
    process.stdout.write(
      `google: run, signals at ${shots.length} random moments, ${count(({ reached }) => reached)} of them with something made; ` +
        `${count(({ left }) => left.length > 0)} left something, ${count(({ leaks }) => leaks.length > 0)} after gc --run-id\n`,
    );
    expect(shots.filter(({ left, excused }) => left.length > 0 && !excused)).toEqual([]);
    expect(shots.filter(({ leaks }) => leaks.length > 0)).toEqual([]);
    expect(count(({ reached }) => reached)).toBeGreaterThan(TIMES / 3);
    expect(count(({ left }) => left.length > 0)).toBeGreaterThan(0); // a death leaves something, or nothing was tested
  },
  20 * 60_000,
);

/** Each lane has a place of its own, so that what is left there can be told. */
async function shootIn(lane: number): Promise<Shot[]> {
  const cloud = await startCloud();
  const shots: Shot[] = [];
  try {
    for (let n = lane; n < TIMES; n += LANES) shots.push(await shoot(cloud, `signals-${n}`, n));
    expect(cloud.complaints).toEqual([]);
  } finally {
    await cloud.close();
  }
  return shots;
}

/** Each call of a run is followed by one signal as often as every other; some come before the first. */
async function shoot(cloud: GoogleCloud, run: string, n: number): Promise<Shot> {
  const user = await newCloudUser(cloud);
  user.env.SLIPWAY_RUN_ID = run;
  const first = cloud.calls.length;
  try {
    const child = start(user, ['run', '--quiet', ...wordsFor(cloud), '--', 'true']);
    const said = ended(child);
    const names = [n % 6 === 5 ? 'SIGKILL' : random(SIGNALS), ...(n % 3 === 1 ? [random(SIGNALS)] : [])] as const;
    const moments = names.map(() => Math.floor(Math.random() * LATER));
    const call = n % CALLS;
    await Promise.race([said, call === 0 ? undefined : untilCall(cloud, first + call)]);
    const reached = cloud.calls.slice(first).some(({ reads }) => !reads);
    for (const [index, name] of names.entries()) {
      await Promise.race([delay(moments[index]), said]);
      child.kill(name);
    }
    const text = await said;
    const left = await cloud.left();
    const place = ['--driver', 'google', '--google-project', cloud.project];
    const gc = await user.slipway('gc', '--yes', '--run-id', run, ...place);
    const records = (await user.slipway('ls', '-q')).stdout.split('\n').filter((name) => name !== '');
    return {
      what: `${names.join(', ')} after call ${call} and ${moments.join(', ')} ms: ${child.exitCode} ${text}`,
      reached,
      left,
      leaks: [...(await cloud.left()), ...records, ...(gc.code === 0 ? [] : [gc.stderr])],
      excused: child.signalCode === 'SIGKILL' || child.exitCode === 123,
    };
  } finally {
    cloud.intercept = () => undefined;
    await user.remove();
  }
}

/** About as many as it makes until it waits for SSH. */
const CALLS = 14;

function untilCall(cloud: GoogleCloud, number: number): Promise<void> {
  return new Promise((resolve) => {
    cloud.intercept = ({ n }) => {
      if (n >= number) resolve();
      return undefined;
    };
  });
}

function random<T>(from: readonly [T, ...T[]]): T {
  return from[Math.floor(Math.random() * from.length)] ?? from[0];
}
