import { existsSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUntilSsh, newCloudUser } from '../clouds/cli.ts';
import type { FaultyCloud, Trouble } from '../clouds/cloud.ts';
import type { User } from '../commands/cli.ts';
import { filesLeft } from './left.ts';

/** The machine of every test: made to the end, as its place sees it, by a `create` that died. */
const NAME = 'dev';

const COMMANDS = { rm: ['rm', '--yes', NAME], gc: ['gc', '--yes'] };

/** In milliseconds. */
const LAG = 3000;

/**
 * The tests of one driver: `rm`, and `gc`, of a machine that is there, that is gone already, and where the place fails,
 * forbids, answers late, or nobody has credentials any more. They succeed only when the place confirms; otherwise the
 * exit code is not 0, what remains is named, the record stays, and the same command succeeds once all is well again.
 * Where accounts are `nameless`, a machine of which nothing is there may as well be in another account: it is forgotten
 * by force only.
 */
export function expectTruth(startCloud: () => Promise<FaultyCloud>, { nameless = false } = {}): void {
  let cloud: FaultyCloud;
  let user: User;

  beforeAll(async () => {
    cloud = await startCloud();
  });

  afterAll(() => cloud.close(), 60_000);

  async function withMachine(work: () => Promise<void>): Promise<void> {
    user = await newCloudUser(cloud);
    try {
      await createUntilSsh(cloud, user, NAME);
      await work();
      expect(await cloud.left()).toEqual([]);
      expect(await filesLeft(user.home)).toEqual([]);
      expect(cloud.complaints).toEqual([]);
    } finally {
      cloud.intercept = () => undefined;
      await user.remove();
    }
  }

  const expectSuccess = async (words: readonly string[]) =>
    expect(await user.slipway(...words)).toMatchObject({ code: 0 });

  /** Twice, since the first may have changed something of what the second goes by. */
  async function expectTruthOf(words: readonly string[]): Promise<void> {
    const there = await cloud.left();
    for (const time of ['the first time', 'again']) {
      const { code, stdout, stderr } = await user.slipway(...words);
      const said = stdout + stderr;
      expect({ time, code, said }).toEqual({ time, code: 1, said: expect.stringContaining('Error: ') });
      expect(said).not.toMatch(/is removed|Slipway has a fault|undefined/);
      expect(said).toContain(NAME);
      expect(existsSync(user.store.machine(NAME).record)).toBe(true);
      expect(await cloud.left()).toEqual(there);
    }
  }

  describe.each(Object.entries(COMMANDS))('%s', (_, words) => {
    test('of what is there', () => withMachine(() => expectSuccess(words)), MINUTES);

    test(
      'of what is gone already',
      () =>
        withMachine(async () => {
          await removeElsewhere(cloud, user);
          if (nameless) {
            await expectTruthOf(words);
            await expectSuccess(['rm', '--force', NAME]);
          } else await expectSuccess(words);
        }),
      MINUTES,
    );

    test.each<Trouble>([500, 403])(
      'while the place answers everything with %i',
      (trouble) =>
        withMachine(async () => {
          cloud.intercept = (_, moment) => (moment === 'before' ? cloud.refusal(trouble) : undefined);
          await expectTruthOf(words);
          cloud.intercept = () => undefined;
          await expectSuccess(words);
        }),
      MINUTES,
    );

    test(
      'while lists lag',
      async () => {
        await cloud.lag(LAG);
        await withMachine(() => expectSuccess(words)).finally(() => cloud.lag(0));
      },
      MINUTES,
    );

    test(
      'without credentials',
      () =>
        withMachine(async () => {
          const kept = { ...user.env };
          for (const name of Object.keys(kept).filter((each) => CREDENTIALS.test(each))) delete user.env[name];
          await expectTruthOf(words);
          Object.assign(user.env, kept);
          await expectSuccess(words);
        }),
      MINUTES,
    );
  });
}

const MINUTES = 3 * 60_000;

const CREDENTIALS = /ACCESS_KEY|API_KEY|SECRET|TOKEN|CLIENT_ID|CREDENTIALS$|PASSWORD/;

/** As somebody does in the console: another store's record of the same machine is the way that every driver knows. */
async function removeElsewhere(cloud: FaultyCloud, user: User): Promise<void> {
  const other = await newCloudUser(cloud);
  await rm(other.store.root, { recursive: true, force: true });
  await cp(user.store.root, other.store.root, { recursive: true, verbatimSymlinks: true });
  await rm(join(other.store.root, 'locks'), { recursive: true, force: true });
  const { code, stderr } = await other.slipway(...COMMANDS.rm);
  await other.remove();
  expect({ code, stderr, left: await cloud.left() }).toMatchObject({ code: 0, left: [] });
}
