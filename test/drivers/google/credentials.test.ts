import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import { expect, test } from '@jest/globals';
import { startCloud } from '../../clouds/google/index.ts';
import { checked } from '../machines.ts';
import { newMachine, useCloud } from './cloud.ts';

const cloud = useCloud();

/** With other variables than the cloud's; `undefined` takes one away. */
async function withEnv(variables: NodeJS.ProcessEnv, use: () => Promise<void>): Promise<void> {
  const before = { ...process.env };
  try {
    for (const [name, value] of Object.entries(variables)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await use();
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

const check = async () => checked(await newMachine());

test('a service account’s key will do', async () => {
  expect(await check()).toBeUndefined();
});

test('a federated identity will do, as CI systems have them', async () => {
  const file = await cloud().identity.federatedFile(cloud().folder, `${cloud().url}/v1/token`);
  await withEnv({ GOOGLE_APPLICATION_CREDENTIALS: file }, async () => expect(await check()).toBeUndefined());
  await writeFile(join(cloud().folder, 'oidc-token'), 'a token that has run out');
  await withEnv({ GOOGLE_APPLICATION_CREDENTIALS: file }, async () => {
    expect(await check()).toMatchObject({ code: 'no-credentials' });
  });
});

test('work goes on when a token runs out: another is asked for', async () => {
  const file = await cloud().identity.federatedFile(cloud().folder, `${cloud().url}/v1/token`);
  await withEnv({ GOOGLE_APPLICATION_CREDENTIALS: file }, async () => {
    cloud().identity.limit(1);
    const machine = await newMachine();
    await machine.make();
    await delay(1500);
    await machine.destroy();
    cloud().identity.limit(3599);
  });
  expect(await cloud().left()).toEqual([]);
});

test('the metadata server of an instance will do', async () => {
  const variables = {
    GOOGLE_APPLICATION_CREDENTIALS: undefined,
    METADATA_SERVER_DETECTION: undefined,
    GCE_METADATA_HOST: new URL(cloud().url).host,
    HOME: cloud().folder,
  };
  await withEnv(variables, async () => expect(await check()).toBeUndefined());
});

test('without credentials, the chain that was tried and what to type', async () => {
  await withEnv({ GOOGLE_APPLICATION_CREDENTIALS: undefined, HOME: cloud().folder }, async () => {
    expect(await check()).toMatchObject({
      code: 'no-credentials',
      message: expect.stringMatching(/GOOGLE_APPLICATION_CREDENTIALS.*gcloud.*metadata server/),
      hint: expect.stringMatching(/gcloud auth application-default login/),
    });
  });
});

test('a file that is not there, or holds no credentials, is said', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-'));
  const file = join(folder, 'key.json');
  await withEnv({ GOOGLE_APPLICATION_CREDENTIALS: file }, async () => {
    expect(await check()).toMatchObject({ code: 'no-credentials', cause: { message: expect.stringContaining(file) } });
    await writeFile(file, '{"type":"service_account"}');
    expect(await check()).toMatchObject({ code: 'no-credentials' });
  });
  await rm(folder, { recursive: true });
});

test('a key that was taken back is said, and neither it nor a token is in the error', async () => {
  const other = await startCloud();
  other.identity.revoke();
  const file = other.env.GOOGLE_APPLICATION_CREDENTIALS ?? '';
  const { private_key: key } = JSON.parse(await readFile(file, 'utf8'));
  await withEnv(other.env, async () => {
    const error = await check();
    expect(error).toMatchObject({ code: 'no-credentials' });
    const shown = inspect(error, { depth: 20, showHidden: true });
    expect(shown).not.toMatch(/Bearer|eyJ/);
    expect(shown).not.toContain(key.split('\n')[1]);
  });
  await other.close();
});

test.each(['http://compute.example.org/compute/v1/', 'ftp://127.0.0.1/', 'compute'])(
  'credentials are not sent to %s',
  async (url) => {
    await withEnv({ CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE: url }, async () => {
      expect(await check()).toMatchObject({ code: 'unsafe' });
    });
  },
);

test('the library is loaded on first use, and only its v1', () => {
  const script = `
    import { createRequire } from 'node:module';
    const { cache } = createRequire(import.meta.url);
    const loaded = () => Object.keys(cache).filter((file) => /googleapis|google-auth|gaxios/.test(file));
    const { default: google } = await import('${resolve('src/drivers/google/index.ts')}');
    const site = { machine: 'm', labels: {}, ingress: { from: [], engine: true, open: [] } };
    const driver = google.driver({ 'google-project': 'p' }, site);
    const before = loaded().length;
    await driver.endpoint({ instance: 'projects/p/zones/z/instances/i' }).catch(() => undefined);
    console.log(JSON.stringify({ before, builds: loaded().filter((file) => /compute.build/.test(file)).length }));`;
  const env = { ...process.env, GOOGLE_APPLICATION_CREDENTIALS: '/nowhere' };
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    env,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({ before: 0, builds: 1 });
});
