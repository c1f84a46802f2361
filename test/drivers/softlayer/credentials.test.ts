import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { authorization } from '../../../src/drivers/softlayer/credentials.ts';

const NAMES = ['SOFTLAYER_USER', 'SL_USERNAME', 'SOFTLAYER_API_KEY', 'SL_API_KEY'];

let folder = '';
const before = { ...process.env };
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-slcli-'));
  for (const name of NAMES) delete process.env[name];
});
afterEach(async () => {
  for (const name of NAMES) delete process.env[name];
  Object.assign(process.env, before);
  await rm(folder, { recursive: true, force: true });
});

const files = () => [join(folder, '.softlayer'), join(folder, 'softlayer.conf')];
const says = () => Buffer.from(authorization(files()).replace('Basic ', ''), 'base64').toString();

test('those of the environment come before those of slcli', async () => {
  await writeFile(
    join(folder, '.softlayer'),
    '[other]\nusername = nobody\n[softlayer]\nusername = ada\napi_key: of-file\ntimeout = 0\n',
  );
  await writeFile(join(folder, 'softlayer.conf'), '[softlayer]\nusername = all\napi_key = of-system\n');
  expect(says()).toBe('ada:of-file');
  Object.assign(process.env, { SL_USERNAME: 'bob', SL_API_KEY: 'of-slcli' });
  expect(says()).toBe('bob:of-slcli');
  Object.assign(process.env, { SOFTLAYER_USER: 'cyd', SOFTLAYER_API_KEY: 'of-machine' });
  expect(says()).toBe('cyd:of-machine');
});

test('they are missed with a sentence that says where they were looked for', async () => {
  const missed = expect.objectContaining({
    code: 'no-credentials',
    message: expect.stringContaining(join(folder, '.softlayer')),
  });
  expect(() => authorization(files())).toThrow(missed);
  await writeFile(join(folder, '.softlayer'), '[softlayer]\nusername = ada\n');
  expect(() => authorization(files())).toThrow(missed);
});
