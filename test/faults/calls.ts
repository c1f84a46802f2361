import { expect, test } from '@jest/globals';
import { createUntilSsh, ended, newCloudUser, start } from '../clouds/cli.ts';
import { type Call, type Cloud, wordsFor } from '../clouds/cloud.ts';
import type { User } from '../commands/cli.ts';

/** The machine of every run. */
const NAME = 'dev';

/** One death, and what it left. */
export interface Death {
  /** `create`, or `rm` of what a create had made. */
  readonly command: 'create' | 'rm';
  readonly when: 'before' | 'after';
  /** The call's number, and what it was. */
  readonly call: string;
  /** What there still is after `rm`, at the place and in the store; none is what is wanted. */
  readonly leaks: readonly string[];
}

/**
 * Kills `slipway create` and `slipway rm` before and after each call that they make to the place, each time with a store
 * of its own, and then removes the machine. A call that only asks changes nothing, so that a death after it is one
 * before the next. Nothing listens at the machines' addresses: when `create` waits for SSH, it has made all its calls.
 */
async function killAtEachCall(cloud: Cloud): Promise<Death[]> {
  const created = await callsOf(cloud, async (user) => {
    await createUntilSsh(cloud, user, NAME);
    return undefined;
  });
  const removed = await callsOf(cloud, async (user) => {
    await createUntilSsh(cloud, user, NAME);
    return () => remove(user);
  });
  const deaths: Death[] = [];
  for (const point of pointsOf(created)) deaths.push(await die(cloud, 'create', point));
  for (const point of pointsOf(removed)) deaths.push(await die(cloud, 'rm', point));
  return deaths;
}

/** The test of one driver: prints a line a command for the table, and fails for each death that left something. */
export function expectNoLeak(start: () => Promise<Cloud>): void {
  test(
    'create and rm, killed at each call, leave nothing that rm does not remove',
    async () => {
      const cloud = await start();
      try {
        const deaths = await killAtEachCall(cloud);
        process.stdout.write(`${summary(cloud, deaths)}\n`);
        expect(deaths.length).toBeGreaterThan(10);
        expect(deaths.filter(({ leaks }) => leaks.length > 0)).toEqual([]);
        expect(cloud.complaints).toEqual([]);
      } finally {
        await cloud.close();
      }
    },
    20 * 60_000,
  );
}

/** A line a command for a table: "amazonec2 · create · 31 deaths · 0 with something left". */
function summary(cloud: Cloud, deaths: readonly Death[]): string {
  return (['create', 'rm'] as const)
    .map((command) => {
      const own = deaths.filter((death) => death.command === command);
      const leaking = own.filter(({ leaks }) => leaks.length > 0);
      return `${cloud.driver}: ${command}, killed at each call: ${own.length} deaths, ${leaking.length} with something left`;
    })
    .join('\n');
}

interface Point {
  readonly n: number;
  readonly what: string;
  readonly when: 'before' | 'after';
}

function pointsOf(calls: readonly Call[]): Point[] {
  return calls.flatMap(({ what, reads }, index) => {
    const before: Point = { n: index + 1, what, when: 'before' };
    return reads ? [before] : [before, { ...before, when: 'after' }];
  });
}

/** The calls of a command, without a death. What is given back is the part that counts, where that is not all. */
async function callsOf(cloud: Cloud, run: (user: User) => Promise<undefined | (() => Promise<void>)>): Promise<Call[]> {
  const user = await newCloudUser(cloud);
  try {
    let first = cloud.calls.length;
    const counted = await run(user);
    if (counted) {
      first = cloud.calls.length;
      await counted();
    }
    const calls = cloud.calls.slice(first);
    await remove(user);
    return calls;
  } finally {
    await user.remove();
  }
}

async function die(cloud: Cloud, command: Death['command'], { n, what, when }: Point): Promise<Death> {
  const user = await newCloudUser(cloud);
  try {
    if (command === 'rm') await createUntilSsh(cloud, user, NAME);
    const child = start(
      user,
      command === 'rm' ? ['rm', '-y', NAME] : ['create', '--progress', 'json', ...wordsFor(cloud), NAME],
    );
    const until = cloud.calls.length + n;
    cloud.intercept = (call, moment) => {
      if (call.n === until && moment === when) child.kill('SIGKILL');
      return undefined;
    };
    const said = await ended(child);
    cloud.intercept = () => undefined;
    const wrong = child.exitCode ? [`it was not killed, and said: ${said}`] : []; // a wait may need a call less than before
    return { command, when, call: `${n} ${what}`, leaks: [...wrong, ...(await leaksAfterRemoval(cloud, user))] };
  } finally {
    cloud.intercept = () => undefined;
    await user.remove();
  }
}

async function leaksAfterRemoval(cloud: Cloud, user: User): Promise<string[]> {
  const wrong = await remove(user).then(
    () => [],
    (error: Error) => [error.message],
  );
  return [...wrong, ...(await cloud.left())];
}

/** Removes the machine, if it got as far as to have a record. */
async function remove(user: User): Promise<undefined> {
  const { code, stdout, stderr } = await user.slipway('rm', '-y', NAME);
  if (code !== 0 && !stderr.includes(`There is no machine "${NAME}"`)) throw new Error(`rm: ${stdout}${stderr}`);
  const left = await user.slipway('ls', '-q');
  if (left.stdout !== '') throw new Error(`ls after rm: ${left.stdout}`);
}
