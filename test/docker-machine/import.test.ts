import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readMachine } from '../../src/store/machine.ts';
import { newUser, type User } from '../commands/cli.ts';
import { type Running, startEngine } from '../engine/server.ts';
import { type Sshd, startSshd } from '../hosts/sshd.ts';
import {
  EC2,
  newOldStore,
  OLD_ROOT,
  type OldStore,
  OPENSTACK,
  oldCertificates,
  SOFTLAYER,
  VSPHERE,
  version3,
} from './records.ts';

let sshd: Sshd;
let old: OldStore;
let engine: Running;
let user: User;

beforeAll(async () => {
  [sshd, old, user] = await Promise.all([startSshd(), newOldStore(), newUser({ AWS_CONFIG_FILE: '/dev/null' })]);
  for (const name of ['g1', 'web']) await mkdir(old.store.machine(name).folder, { recursive: true });
  await oldCertificates(old, ['g1', 'web'], '127.0.0.1');
  const files = await old.files();
  const pem = (name: string) => files[`machines/g1/${name}`] ?? '';
  engine = await startEngine({ cert: pem('server.pem'), key: pem('server-key.pem') }, pem('ca.pem'));
  await writeFile(old.store.machine('g1').identity, sshd.client.privateKey);
  await chmod(old.store.machine('g1').identity, 0o600);
  const address = { IPAddress: '127.0.0.1', SSHUser: sshd.user, SSHPort: sshd.port, EnginePort: engine.port };
  await old.add('g1', version3('g1', 'generic', { ...address, SSHKeyPath: `${OLD_ROOT}/machines/g1/id_rsa` }));
  await old.add('web', version3('web', 'amazonec2', EC2));
  await old.add('never', version3('never', 'amazonec2', { ...EC2, InstanceId: '', KeyName: '' }));
  await old.add('box', version3('box', 'virtualbox', { IPAddress: '192.168.99.100' }));
  await old.add('torn', {});
  await old.add('stack', version3('stack', 'openstack', OPENSTACK));
  await old.add('soft', version3('soft', 'softlayer', SOFTLAYER));
  await old.add('esx', version3('esx', 'vmwarevsphere', VSPHERE));
}, 180_000);

afterAll(async () => {
  await engine.close();
  await Promise.all([sshd.remove(), old.remove(), user.remove()]);
});

test('one machine is taken over by its name, and is ours from then on', async () => {
  const { code, stdout, stderr } = await user.slipway('import', '--quiet', old.store.root, 'g1');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const aside = /^"g1" is taken over\. What docker-machine had of it is in (.+)\n$/.exec(stdout)?.[1] ?? '';
  expect(await readdir(aside)).toContain('config.json');
  expect(existsSync(old.store.machine('g1').folder)).toBe(false);
  const rows = JSON.parse((await user.slipway('ls', '--json', '--timeout', '20')).stdout);
  expect(rows).toMatchObject([{ name: 'g1', driver: 'generic', state: 'Running', engine: '28.2.2' }]);
  const hello = await user.slipway('ssh', 'g1', 'echo', 'hello');
  expect(hello).toMatchObject({ code: 0, stdout: 'hello\n' });
  const context = await readdir(join(user.home, 'docker/contexts/meta'));
  expect(context).toHaveLength(1);
});

test('of all the rest, each that cannot be taken over is told with its reason, and stays', async () => {
  const { code, stdout, stderr } = await user.slipway('import', '--quiet', `${old.store.root}/`);
  expect(code).toBe(1);
  expect([...stdout.matchAll(/^"(\w+)" is taken over\./gm)].map(([, name]) => name)).toEqual([
    ...['esx', 'soft', 'stack', 'web'],
  ]);
  expect(stderr).toContain('There is no driver "virtualbox" here');
  expect(stderr).toContain('"never" cannot be taken over: its record does not say what it is made of');
  expect(stderr).toContain('The record of "torn" names no driver');
  expect((await readdir(old.store.machines)).sort()).toEqual(['box', 'never', 'torn']);
});

test('the record has no credentials, and no path leads back', async () => {
  const machine = await readMachine(user.store, 'web');
  expect(machine).toMatchObject({ driver: 'amazonec2', context: 'web', setUpBy: 'docker-machine' });
  expect(machine.notes.map(({ id }) => id)).toEqual(['web', 'i-0a1b2c3d']);
  const made = await Promise.all(['esx', 'soft', 'stack'].map((name) => readMachine(user.store, name)));
  expect(made.map(({ driver, notes }) => [driver, ...notes.map(({ id }) => id)])).toEqual([
    ['vsphere', 'DC0/vm/tests/esx'],
    ['softlayer', '5', '7'],
    ['openstack', OPENSTACK.KeyPairName, OPENSTACK.MachineId],
  ]);
  for (const name of ['web', 'esx', 'soft', 'stack']) {
    const text = await readFile(user.store.machine(name).record, 'utf8');
    expect(text).not.toContain('old-secret');
    expect(text).not.toContain(old.store.root);
  }
  const g1 = await user.slipway('rm', '--yes', '--quiet', 'g1');
  expect(g1).toMatchObject({ code: 0 });
});

test('a name that is taken is refused, and a store that is not there', async () => {
  await user.add('box');
  await old.add('box', version3('box', 'generic', { IPAddress: '127.0.0.1', SSHKeyPath: '' }));
  const { code, stderr } = await user.slipway('import', '--quiet', old.store.root, 'box');
  expect({ code, stderr }).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is a machine "box" already'),
  });
  const none = await user.slipway('import');
  expect(none.stderr).toContain(`There is no machine of docker-machine's in "${join(user.home, '.docker/machine')}"`);
});
