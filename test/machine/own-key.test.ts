import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { generateKey, type KeyPair } from '../../src/ssh/index.ts';
import { readMachine } from '../../src/store/machine.ts';
import { type Ec2Cloud, startCloud } from '../clouds/amazonec2/index.ts';
import { createUntilSsh, newCloudUser } from '../clouds/cli.ts';
import { wordsFor } from '../clouds/cloud.ts';
import type { User } from '../commands/cli.ts';

let cloud: Ec2Cloud;
let user: User;
let own: KeyPair;

beforeAll(async () => {
  cloud = await startCloud();
  user = await newCloudUser(cloud);
  own = await generateKey('ann');
  await writeFile(join(user.home, 'ann'), own.privateKey, { mode: 0o600 });
});

afterAll(async () => {
  await user.remove();
  await cloud.close();
});

test('a machine that the user has a key for gets no other, and the key is nowhere but where it was', async () => {
  await createUntilSsh(cloud, user, 'dev', '--amazonec2-ssh-keypath', 'ann');
  const { UserData = '' } = cloud.calls.find(({ what }) => what === 'RunInstances')?.parameters ?? {};
  const document = gunzipSync(Buffer.from(UserData, 'base64')).toString();
  expect(document).toContain(own.publicKey);
  const files = user.store.machine('dev');
  expect([existsSync(files.identity), existsSync(files.publicKey)]).toEqual([false, false]);
  expect((await readMachine(user.store, 'dev')).flags['amazonec2-ssh-keypath']).toBe(join(user.home, 'ann'));
  await user.slipway('rm', '-y', 'dev');
  expect(await cloud.left()).toEqual([]);
  expect(await readFile(join(user.home, 'ann'), 'utf8')).toBe(own.privateKey);
});

test('one that cannot be used is told of before anything is made', async () => {
  const before = cloud.calls.length;
  const words = ['create', ...wordsFor(cloud), '--amazonec2-ssh-keypath', 'none', 'dev'];
  const { code, stderr } = await user.slipway(...words);
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('/none" cannot be read') });
  expect(cloud.calls.slice(before).filter(({ reads }) => !reads)).toEqual([]);
});
