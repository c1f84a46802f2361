import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type AzureCloud, type AzureOptions, startCloud } from '../../clouds/azure/index.ts';
import { checked } from '../machines.ts';
import { newMachine, trust } from './here.ts';

const before = { ...process.env };
let cloud: AzureCloud;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-azure-'));
  cloud = await enter({});
});

afterEach(async () => {
  await cloud.close();
  expect(cloud.complaints).toEqual([]);
  process.env = { ...before };
  await rm(folder, { recursive: true });
});

/** An Azure that this process reaches with the variables of a service principal. */
async function enter(options: AzureOptions): Promise<AzureCloud> {
  const entered = await startCloud(options);
  trust(entered.ca);
  // None of Azure's tools of this computer, and nobody at the address where a machine of Azure's would ask.
  process.env = { ...before, ...entered.env, PATH: folder, AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:9' };
  return entered;
}

const check = async () => checked(await newMachine(cloud));

test('the secret of a service principal will do; a wrong one is in no error', async () => {
  expect(await check()).toBeUndefined();
  await cloud.close();
  cloud = await enter({});
  process.env.AZURE_CLIENT_SECRET = 'taken-back';
  const error = await check();
  expect(error).toMatchObject({ code: 'no-credentials', hint: expect.stringContaining('az login') });
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('taken-back');
});

test('a federated identity will do, as CI systems have them', async () => {
  const file = join(folder, 'oidc-token');
  delete process.env.AZURE_CLIENT_SECRET;
  process.env.AZURE_FEDERATED_TOKEN_FILE = file;
  await writeFile(file, cloud.authority.assertion);
  expect(await check()).toBeUndefined();
});

test('a federated identity that is not the right one will not', async () => {
  const file = join(folder, 'oidc-token');
  delete process.env.AZURE_CLIENT_SECRET;
  process.env.AZURE_FEDERATED_TOKEN_FILE = file;
  await writeFile(file, 'of another job');
  expect(await check()).toMatchObject({ code: 'no-credentials' });
});

test('the identity of a machine of Azure’s will do', async () => {
  const asked: IncomingMessage[] = [];
  const service = createServer((request, response) => {
    asked.push(request);
    const { token, seconds } = cloud.authority.issue();
    const until = Math.floor(Date.now() / 1000) + seconds;
    const lasting = { expires_in: String(seconds), expires_on: String(until), not_before: '0' };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ access_token: token, ...lasting, resource: cloud.url, token_type: 'Bearer' }));
  }).listen(0, '127.0.0.1');
  await once(service, 'listening');
  for (const name of ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET']) delete process.env[name];
  process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  expect(await check()).toBeUndefined();
  service.close();
  const last = asked.at(-1);
  expect(last?.headers.metadata).toBe('true');
  const { pathname, searchParams } = new URL(last?.url ?? '', cloud.url);
  expect(pathname).toMatch(/^\/metadata\/identity\/oauth2\/token\/?$/);
  expect(searchParams.get('resource')).toBe(cloud.url);
});

test('whoever is logged in with az is let in', async () => {
  process.env.AZURE_TOKEN_CREDENTIALS = 'dev';
  const { token, seconds } = cloud.authority.issue();
  const until = new Date(Date.now() + 1000 * seconds);
  const answer = { accessToken: token, expiresOn: until.toISOString(), expires_on: Math.floor(Number(until) / 1000) };
  const az = join(folder, 'az');
  await writeFile(az, `#!/bin/sh\nprintf '%s\\n' "$*" >>"${folder}/asked"\nprintf '%s' '${JSON.stringify(answer)}'\n`);
  await chmod(az, 0o755);
  for (const name of ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET']) delete process.env[name];
  expect(await check()).toBeUndefined();
  expect(await readFile(join(folder, 'asked'), 'utf8')).toContain(
    `account get-access-token --output json --resource ${cloud.url}`,
  );
});

test('without credentials, what to type', async () => {
  for (const name of ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET']) delete process.env[name];
  expect(await check()).toMatchObject({
    code: 'no-credentials',
    message: expect.stringContaining('none in the environment, and nobody is logged in to its tools'),
    hint: expect.stringContaining('az login'),
  });
});

test('work goes on when a token runs out: another is asked for', async () => {
  await cloud.close();
  cloud = await enter({ tokens: 1 });
  const machine = await newMachine(cloud);
  await machine.make();
  await delay(1500);
  await machine.destroy();
  expect(await cloud.left()).toEqual([]);
});
