import { rm } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { readMachine, saveMachine } from '../../src/store/machine.ts';
import { startCloud as startAmazon } from '../clouds/amazonec2/index.ts';
import { startCloud as startAzure } from '../clouds/azure/index.ts';
import { createUntilSsh, start } from '../clouds/cli.ts';
import { type Cloud, wordsFor } from '../clouds/cloud.ts';
import { startCloud as startGoogle } from '../clouds/google/index.ts';
import { newUser, type User } from './cli.ts';

jest.setTimeout(120_000);

const CLOUDS: Readonly<Record<string, () => Promise<Cloud>>> = {
  amazonec2: startAmazon,
  azure: startAzure,
  google: startGoogle,
};

/** For `slipway`, three hours later than it is. */
const LATER = {
  NODE_OPTIONS: '--import="data:text/javascript,const now=Date.now.bind(Date);Date.now=()=>now()+3*3600e3"',
};

describe.each(Object.keys(CLOUDS))('gc on %s', (driver) => {
  let cloud: Cloud;
  const users: User[] = [];

  beforeAll(async () => {
    cloud = await (CLOUDS[driver] as () => Promise<Cloud>)();
  });

  afterEach(async () => {
    cloud.intercept = () => undefined;
    expect(cloud.complaints).toEqual([]);
    for (const user of users.splice(0)) await user.remove();
    expect(await cloud.left()).toEqual([]);
  });

  afterAll(() => cloud?.close());

  const newcomer = async (more: NodeJS.ProcessEnv = {}): Promise<User> => {
    const user = await newUser({ ...cloud.env, ...more });
    users.push(user);
    return user;
  };
  const there = () => wordsFor(cloud).filter((word) => !['--allow-from', '127.0.0.1'].includes(word));
  const gc = async (user: User, ...words: string[]) => {
    const { code, stdout, stderr } = await user.slipway('gc', ...words);
    return { code, out: stdout, said: stderr };
  };
  const listed = async (user: User, ...words: string[]) =>
    JSON.parse((await gc(user, '--dry-run', '--json', ...words)).out);

  test('what an interrupted create left goes, once somebody says yes', async () => {
    const user = await newcomer();
    await createUntilSsh(cloud, user, 'dev');
    const before = await cloud.left();
    const seen = await gc(user);
    expect(seen).toMatchObject({ code: 2, said: expect.stringContaining('Nothing was removed') });
    expect(seen.out).toMatch(new RegExp(`^dev +machine +${driver} +\\d+s +its creation was interrupted$`, 'm'));
    expect(await gc(user, '--dry-run')).toMatchObject({ code: 0 });
    expect(await cloud.left()).toEqual(before);
    expect(await gc(user, '--yes')).toMatchObject({ code: 0, out: expect.stringContaining('"dev" is removed.') });
    expect(await cloud.left()).toEqual([]);
    expect((await user.slipway('ls', '-q')).stdout).toBe('');
    expect(await gc(user, '--yes')).toMatchObject({ code: 0, out: 'There is nothing to remove.\n' });
  });
});
