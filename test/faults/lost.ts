import { rm } from 'node:fs/promises';
import { expect, jest, test } from '@jest/globals';
import { createUntilSsh } from '../clouds/cli.ts';
import type { Cloud } from '../clouds/cloud.ts';
import { newUser, type User } from '../commands/cli.ts';

/** What `slipway gc` shows with --json. */
export interface Shown {
  readonly leftovers: readonly {
    readonly what: string;
    readonly name: string;
    readonly reason: string;
    readonly age?: number;
    readonly parts: readonly { readonly kind: string; readonly id: string }[];
  }[];
  readonly kept: readonly { readonly name: string; readonly because: string }[];
  readonly problems: readonly { readonly about: string; readonly error: string }[];
}

/** Whom a user asks that has no machine there. */
export function placeOf({ driver, words }: Cloud): string[] {
  return ['--driver', driver, ...words];
}

export async function shown(user: User, ...words: string[]): Promise<Shown> {
  const { stdout, stderr } = await user.slipway('gc', '--dry-run', '--json', ...words);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

/**
 * The test of one driver: what killed creates made, and nobody has a record of any more, is found by its labels and
 * removed, by whom it is to be, and nothing else.
 */
export function expectNothingLost(start: () => Promise<Cloud>): void {
  jest.setTimeout(180_000);
  test('gc finds what has no record any more, and whose it is', async () => {
    const cloud = await start();
    const users: User[] = [];
    const killed = async (name: string, more: NodeJS.ProcessEnv = {}) => {
      const user = await newUser({ ...cloud.env, ...more });
      users.push(user);
      const before = await cloud.left();
      await createUntilSsh(cloud, user, name);
      return { user, made: (await cloud.left()).filter((each) => !before.includes(each)) };
    };
    const change = async (user: User, verb: 'protect' | 'unprotect') =>
      expect(await user.slipway(verb, 'ci')).toMatchObject({ code: 0 });
    try {
      const own = await killed('dev');
      const one = await killed('ci', { SLIPWAY_RUN_ID: '77' });
      const two = await killed('ci', { SLIPWAY_RUN_ID: '78' });
      await rm(own.user.store.machine('dev').folder, { recursive: true });
      await rm(one.user.store.root, { recursive: true });
      const there = ['--yes', ...placeOf(cloud)];

      const { leftovers, ...rest } = await shown(own.user, ...placeOf(cloud));
      expect(rest).toEqual({ kept: [], problems: [] });
      expect(leftovers[0]).toMatchObject({ what: 'parts', name: 'dev', reason: 'no record here knows it' });
      expect(leftovers[0]?.age).toBeLessThan(900);
      expect(leftovers.slice(1).every(({ what }) => what === 'shared')).toBe(true);
      expect(await own.user.slipway('gc', ...there)).toMatchObject({ code: 0 });
      expect(idsIn(await cloud.left())).toEqual(idsIn([...one.made, ...two.made]));

      const newcomer = await newUser(cloud.env);
      users.push(newcomer);
      for (const words of [there, [...there, '--all-stores'], [...there, '--run-id', '7']]) {
        const { code, stdout } = await newcomer.slipway('gc', ...words);
        expect({ code, stdout }).toEqual({ code: 0, stdout: 'There is nothing to remove.\n' });
      }
      expect(idsIn(await cloud.left())).toEqual(idsIn([...one.made, ...two.made]));
      expect(await newcomer.slipway('gc', ...there, '--run-id', '77')).toMatchObject({ code: 0 });
      expect(idsIn(await cloud.left())).toEqual(idsIn(two.made));
      await change(two.user, 'protect');
      const present = await newUser({ ...cloud.env, SLIPWAY_RUN_ID: '78' });
      users.push(present);
      const { leftovers: none, kept } = await shown(present, ...placeOf(cloud), '--run-id');
      expect(none).toEqual([]);
      expect(kept).toMatchObject([{ name: 'ci', because: 'it is protected' }]);
      await change(two.user, 'unprotect');
      await rm(two.user.store.root, { recursive: true });
      expect(await present.slipway('gc', '--run-id', ...there)).toMatchObject({ code: 0 });
      expect(await cloud.left()).toEqual([]);
      expect(cloud.complaints).toEqual([]);
    } finally {
      for (const user of users) await user.remove();
      await cloud.close();
    }
  });
}

/** Without the states, which change: "instance i-0123 (running)". */
function idsIn(left: readonly string[]): string[] {
  return left.map((each) => each.replace(/ \(.*$/, '')).sort();
}
