import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createServer } from '../../src/certs/index.ts';
import { currentAuthority } from '../../src/machine/authority.ts';
import { list } from '../../src/machine/list.ts';
import { type Running, startEngine, startTcp } from '../engine/server.ts';
import { newUser, type User } from './cli.ts';

let user: User;

beforeEach(async () => {
  user = await newUser();
});

afterEach(() => user.remove());

const HEADINGS = 'NAME   ACTIVE   DRIVER   STATE   URL   ENGINE   CERTIFICATE   ERROR\n';

test('an empty store has no machines, and does not come to be by looking', async () => {
  expect(await user.slipway('ls')).toEqual({ code: 0, stdout: HEADINGS, stderr: '' });
  expect(await user.slipway('ls', '--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(await user.slipway('list', '--json')).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
  expect((await user.run('ls', '-A', user.home)).stdout).toBe('.cache\nbin\n'); // what Node compiled
});

test('broken records are shown as broken, and hide nobody', async () => {
  const whole = await user.add('good', { phase: 'creating' });
  const records = {
    b1: '',
    b2: '{"version": 1}',
    b3: JSON.stringify({ ...whole, endpoint: {} }),
    b4: JSON.stringify({ ...whole, notes: ['x'] }),
    b5: JSON.stringify({ ...whole, version: 2 }),
    b6: JSON.stringify({ ...whole, driver: 'moon', phase: 'ready' }),
    'hostile\x1b[2J\n': 'x',
  };
  for (const [name, text] of Object.entries(records)) {
    await mkdir(user.store.machine(name).folder);
    await writeFile(user.store.machine(name).record, text);
  }
  const { code, stdout, stderr } = await user.slipway('ls', '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const rows = JSON.parse(stdout) as { name: string; state: string; error: string }[];
  expect(rows.map(({ name, state, error }) => [name, state, error])).toEqual([
    ['b1', 'Broken', expect.stringContaining('The record of "b1" is not JSON')],
    ['b2', 'Broken', 'The record of "b2" is incomplete'],
    ['b3', 'Broken', 'The record of "b3" is incomplete'],
    ['b4', 'Broken', 'The record of "b4" is incomplete'],
    ['b5', 'Broken', 'The record of "b5" was written by a newer Slipway'],
    ['b6', 'Unreachable', 'There is no driver "moon"'],
    ['good', 'Interrupted', 'remove what is left: slipway rm good'],
  ]);
  const plain = await user.slipway('ls');
  expect(plain.stdout.split('\n')).toHaveLength(9);
  expect(plain.stdout).toMatch(/^b1 +- +Broken +The record of "b1" is not JSON/m);
  expect((await user.slipway('ls', '-q')).stdout).toBe('b1\nb2\nb3\nb4\nb5\nb6\ngood\n');
  const one = await user.slipway('inspect', 'b2');
  expect(one.code).toBe(1);
  expect(one.stderr).toMatch(
    /^Error: The record of "b2" is incomplete\n {2}Look at ".*machine\.json"; slipway rm --force b2/,
  );
});

test('an engine that answers runs, also where its place is silent or cannot be asked', async () => {
  const silent: Running = await startTcp(() => undefined);
  const { ca } = await currentAuthority({ store: user.store, env: user.env, report: () => undefined });
  const engine = await startEngine(await createServer(ca, ['127.0.0.1']), ca.cert);
  try {
    const flags = { 'amazonec2-region': 'us-east-1', 'amazonec2-instance-type': 't3.micro' };
    const notes = [{ kind: 'instance', key: 'key', asked: new Date().toISOString(), id: 'i-0123456789abcdef0' }];
    const endpoint = { host: '127.0.0.1', sshPort: 22, sshUser: 'root', enginePort: engine.port };
    await user.addReady('cloud', { driver: 'amazonec2', adopted: false, flags, notes, endpoint });
    const url = `http://127.0.0.1:${silent.port}`;
    Object.assign(user.env, { AWS_ENDPOINT_URL: url, AWS_EC2_METADATA_DISABLED: 'true' });
    const listed = async (env: NodeJS.ProcessEnv) => {
      Object.assign(user.env, env);
      return JSON.parse((await user.slipway('ls', '--timeout', '15', '--json')).stdout);
    };
    const runs = { name: 'cloud', state: 'Running', engine: expect.stringMatching(/^\d/) };
    expect(await listed({})).toMatchObject([
      { ...runs, error: expect.stringContaining('There are no credentials for AWS') },
    ]);
    const key = { AWS_ACCESS_KEY_ID: 'AKIASLIPWAYTEST00001', AWS_SECRET_ACCESS_KEY: 'of-no-use-anywhere' };
    expect(await listed(key)).toMatchObject([{ ...runs, error: 'amazonec2 did not answer within 15 s' }]);
  } finally {
    await engine.close();
    await silent.close();
  }
});

test('dead machines cost no more than the timeout, it is told who is silent, and the quick ones are answered', async () => {
  const silent: Running = await startTcp(() => undefined);
  try {
    const flags = { 'amazonec2-region': 'us-east-1', 'amazonec2-instance-type': 't3.micro' };
    const notes = [{ kind: 'instance', key: 'key', asked: new Date().toISOString(), id: 'i-0123456789abcdef0' }];
    await user.addReady('cloud', { driver: 'amazonec2', adopted: false, flags, notes });
    Object.assign(user.env, {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${silent.port}`,
      AWS_ACCESS_KEY_ID: 'AKIASLIPWAYTEST00001',
      AWS_SECRET_ACCESS_KEY: 'of-no-use-anywhere',
    });
    const endpoint = { host: '127.0.0.1', sshPort: 22, sshUser: 'root', enginePort: silent.port };
    for (const name of ['dead1', 'dead2', 'dead3']) await user.addReady(name, { endpoint });
    await user.addReady('off', { endpoint: { ...endpoint, enginePort: 1 } });
    const began = performance.now();
    const { code, stdout } = await user.slipway('ls', '--timeout', '15', '--json');
    expect(performance.now() - began).toBeLessThan(45_000); // one after the other they would need that
    expect(code).toBe(0);
    const rows = JSON.parse(stdout) as { name: string; state: string; url: string; expires: string; error: string }[];
    const [cloud, one, two, three, off] = rows;
    expect(cloud).toMatchObject({ state: 'Timeout', error: 'amazonec2 did not answer within 15 s' });
    for (const dead of [one, two, three]) {
      expect(dead?.state).toMatch(/^(Timeout|Unreachable)$/);
      expect(dead?.error).toMatch(/engine.* did not answer within 15 s/);
    }
    expect(off).toMatchObject({
      name: 'off',
      state: 'Unreachable',
      url: 'tcp://127.0.0.1:1',
      error: expect.stringContaining('ECONNREFUSED'),
    });
  } finally {
    await silent.close();
  }
});

test('what a driver takes to load is not held against anybody', async () => {
  await user.addReady('far', {
    driver: 'slow',
    endpoint: { host: '127.0.0.1', sshPort: 22, sshUser: 'root', enginePort: 1 },
  });
  const slow = () => setTimeout(2500).then(() => import('../../src/drivers/generic.ts'));
  const work = { store: user.store, env: user.env, report: () => undefined, drivers: { slow } };
  expect(await list(work, 2000)).toMatchObject([
    { name: 'far', state: 'Unreachable', error: expect.stringContaining('ECONNREFUSED') },
  ]);
});
