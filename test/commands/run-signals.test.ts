import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { ended, newCloudUser, start } from '../clouds/cli.ts';
import { type Cloud, wordsFor } from '../clouds/cloud.ts';
import { startCloud } from '../clouds/google/index.ts';

/** How many; those that reach a command that runs are in test/e2e/run.test.ts. */
const TIMES = Number(process.env.SLIPWAY_TEST_SIGNALS ?? 170);
const LANES = 3;
/** In milliseconds: from before a run knows of signals until it waits for SSH. */
const LONGEST = 4000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

interface Shot {
  /** Which, and when; "SIGINT at 512 ms, SIGTERM 40 ms later". */
  readonly what: string;
  /** What there was when the process had ended: nothing is wanted, but where it was killed or told not to remove it. */
  readonly left: readonly string[];
  /** What there was after `gc --run-id`. */
  readonly leaks: readonly string[];
  readonly excused: boolean;
}

test(
  'signals at random moments leave nothing, and what SIGKILL leaves gc removes',
  async () => {
    const shots = (await Promise.all(Array.from({ length: LANES }, (_, lane) => shootIn(lane)))).flat();
    const reached = shots.filter(({ left }) => left.length > 0).length;
    const leaking = shots.filter(({ leaks }) => leaks.length > 0);
    process.stdout.write(
      `google: run, signals at ${shots.length} random moments: ${reached} left something, ${leaking.length} after gc --run-id\n`,
    );
    expect(shots.filter(({ left, excused }) => left.length > 0 && !excused)).toEqual([]);
    expect(leaking).toEqual([]);
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

async function shoot(cloud: Cloud & { readonly project: string }, run: string, n: number): Promise<Shot> {
  const user = await newCloudUser(cloud);
  user.env.SLIPWAY_RUN_ID = run;
  try {
    const child = start(user, ['run', '--quiet', ...wordsFor(cloud), '--', 'true']);
    const said = ended(child);
    const names: NodeJS.Signals[] = [
      n % 6 === 5 ? 'SIGKILL' : random(SIGNALS),
      ...(n % 3 === 1 ? [random(SIGNALS)] : []),
    ];
    const moments = names.map((_, index) => Math.floor(Math.random() * (index === 0 ? LONGEST : 1000)));
    for (const [index, name] of names.entries()) {
      await Promise.race([delay(moments[index]), said]);
      child.kill(name);
    }
    const text = await said;
    const left = await cloud.left();
    const gc = await user.slipway(
      'gc',
      '--yes',
      '--run-id',
      run,
      '--driver',
      'google',
      '--google-project',
      cloud.project,
    );
    const records = (await user.slipway('ls', '-q')).stdout.split('\n').filter((name) => name !== '');
    return {
      what: `${names.map((name, index) => `${name} after ${moments[index]} ms`).join(', ')}: ${child.exitCode} ${text}`,
      left,
      leaks: [...(await cloud.left()), ...records, ...(gc.code === 0 ? [] : [gc.stderr])],
      excused: names.includes('SIGKILL') || child.exitCode === 123,
    };
  } finally {
    await user.remove();
  }
}

function random<T>(from: readonly [T, ...T[]]): T {
  return from[Math.floor(Math.random() * from.length)] ?? from[0];
}
