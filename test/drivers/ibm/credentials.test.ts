import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import ibm from '../../../src/drivers/ibm/index.ts';
import { accountIn, newTokens } from '../../../src/drivers/ibm/token.ts';
import { newMemory } from '../../../src/memory.ts';
import { countsSince } from '../many.ts';
import { useCloud } from './cloud.ts';

const cloud = useCloud();
const site = { memory: newMemory() };

let folder = '';
const before = { ...process.env };
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-ibmcloud-'));
  for (const name of ['IBMCLOUD_API_KEY', 'IC_API_KEY']) delete process.env[name];
  process.env.IBMCLOUD_HOME = folder;
});
afterEach(async () => {
  delete process.env.IBMCLOUD_HOME;
  delete process.env.IC_API_KEY;
  Object.assign(process.env, before, cloud().env);
  cloud().lasting = 3600;
  await rm(folder, { recursive: true, force: true });
});

async function keep(login: object | string): Promise<void> {
  await mkdir(join(folder, '.bluemix'), { recursive: true });
  await writeFile(join(folder, '.bluemix', 'config.json'), typeof login === 'string' ? login : JSON.stringify(login));
}

test('an API key of the environment comes before the login of the ibmcloud program', async () => {
  await keep({ IAMToken: `Bearer ${cloud().token()}` });
  process.env.IC_API_KEY = cloud().env.IBMCLOUD_API_KEY;
  const first = cloud().calls.length;
  expect(accountIn(await newTokens(site)())).toBe(cloud().world.account);
  expect(countsSince(cloud(), first)).toEqual({ 'POST /identity/token': 1 });
});

test('the login of the ibmcloud program is used while it is good, and renewed when it is not', async () => {
  const token = cloud().token();
  await keep({ IAMToken: `Bearer ${token}`, IAMRefreshToken: 'not looked at' });
  expect((await newTokens(site)()).text).toBe(token);
  cloud().lasting = 60;
  await keep({ IAMToken: `Bearer ${cloud().token()}`, IAMRefreshToken: cloud().refresh });
  cloud().lasting = 3600;
  const first = cloud().calls.length;
  expect(await ibm.fleet?.survey({})).toEqual([]);
  expect(countsSince(cloud(), first)['POST /identity/token']).toBe(1);
});

test('a token is asked for once for all, and again when it is about to run out', async () => {
  process.env.IC_API_KEY = cloud().env.IBMCLOUD_API_KEY;
  const first = cloud().calls.length;
  const tokens = newTokens(site);
  const texts = (await Promise.all([tokens(), tokens(), tokens()])).map(({ text }) => text);
  expect(new Set(texts).size).toBe(1);
  expect(countsSince(cloud(), first)).toEqual({ 'POST /identity/token': 1 });
  cloud().lasting = 60;
  const short = newTokens(site);
  expect((await short()).text).not.toBe((await short()).text);
});

test('what is not accepted, or not there, gets a sentence', async () => {
  await expect(newTokens(site)()).rejects.toMatchObject({
    code: 'no-credentials',
    message: expect.stringContaining(join(folder, '.bluemix', 'config.json')),
  });
  process.env.IC_API_KEY = 'of nobody';
  await expect(newTokens(site)()).rejects.toMatchObject({
    code: 'no-credentials',
    hint: expect.stringContaining('ibmcloud login'),
  });
  delete process.env.IC_API_KEY;
  await keep('{');
  await expect(newTokens(site)()).rejects.toMatchObject({ code: 'no-credentials' });
});

test('a token that did not come is asked for again', async () => {
  process.env.IC_API_KEY = cloud().env.IBMCLOUD_API_KEY;
  const tokens = newTokens(site);
  cloud().intercept = () => ({ status: 401, body: '{}' });
  await expect(tokens()).rejects.toMatchObject({ code: 'no-credentials' });
  cloud().intercept = () => undefined;
  expect(accountIn(await tokens())).toBe(cloud().world.account);
});

test('a key is sent to nobody without TLS', async () => {
  process.env.IC_API_KEY = 'secret';
  process.env.IBMCLOUD_IAM_API_ENDPOINT = 'http://iam.example.org';
  await expect(ibm.fleet?.survey({})).rejects.toMatchObject({ code: 'unsafe' });
});
