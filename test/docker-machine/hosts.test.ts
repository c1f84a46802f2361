import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { clientSettings } from '../../src/machine/client.ts';
import { targetOf } from '../../src/machine/host.ts';
import { list, stateOf } from '../../src/machine/list.ts';
import { remove } from '../../src/machine/remove.ts';
import { connect } from '../../src/ssh/index.ts';
import { hasFolder, readMachine } from '../../src/store/machine.ts';
import { type Running, startEngine } from '../engine/server.ts';
import { type Sshd, startSshd } from '../hosts/sshd.ts';
import { newOldStore, OLD_ROOT, type OldStore, oldCertificates, version3 } from './records.ts';

let sshd: Sshd;
let old: OldStore;
let engine: Running;

beforeAll(async () => {
  sshd = await startSshd();
});

afterAll(() => sshd.remove());

beforeEach(async () => {
  old = await newOldStore();
  const { folder, identity } = old.store.machine('g1');
  await mkdir(folder, { recursive: true });
  await oldCertificates(old, ['g1'], '127.0.0.1');
  const files = await old.files();
  const pem = (name: string) => files[`machines/g1/${name}`] ?? '';
  engine = await startEngine({ cert: pem('server.pem'), key: pem('server-key.pem') }, pem('ca.pem'));
  await writeFile(identity, sshd.client.privateKey);
  await chmod(identity, 0o600);
  await old.add('g1', record(sshd.port));
});

afterEach(async () => {
  await engine.close();
  await old.remove();
});

function record(port: number) {
  return version3('g1', 'generic', {
    IPAddress: '127.0.0.1',
    SSHUser: sshd.user,
    SSHPort: port,
    SSHKeyPath: `${OLD_ROOT}/machines/g1/id_rsa`,
    EnginePort: engine.port,
    SSHKey: '/home/ann/keys/id_rsa',
  });
}

test('a machine of docker-machine is listed, and its client settings are given, without a change', async () => {
  const before = await old.files();
  expect(await list(old.work, 20_000)).toMatchObject([
    { name: 'g1', driver: 'generic', state: 'Running', engine: '28.2.2', url: `tcp://127.0.0.1:${engine.port}` },
  ]);
  expect(await stateOf(old.work, await readMachine(old.store, 'g1'))).toBe('Running');
  expect(await clientSettings(old.work, 'g1')).toMatchObject({
    url: `tcp://127.0.0.1:${engine.port}`,
    certPath: old.store.machine('g1').folder,
  });
  expect(await old.files()).toEqual(before);
});

test('the host key that is shown first is pinned and told of once, and another is refused', async () => {
  const { record: file, knownHosts } = old.store.machine('g1');
  const before = await old.files();
  const greet = async () => {
    const machine = await readMachine(old.store, 'g1');
    const { endpoint } = machine;
    if (!endpoint) throw new Error('no endpoint');
    const connection = await connect(await targetOf(old.work, machine, endpoint));
    const { stdout } = await connection.run('echo hello');
    connection.close();
    return stdout;
  };
  expect([await greet(), await greet()]).toEqual(['hello\n', 'hello\n']);
  expect(old.notes).toEqual([expect.stringContaining('docker-machine never checked its host key')]);
  const after = await old.files();
  const pinned = Object.keys(after).filter((path) => before[path] !== after[path]);
  expect(pinned).toEqual([knownHosts.slice(old.store.root.length + 1)]);
  const other = await startSshd();
  try {
    await old.add('g1', record(other.port));
    await expect(greet()).rejects.toMatchObject({ code: 'unsafe' });
  } finally {
    await other.remove();
  }
  expect(dirname(file)).toBe(dirname(knownHosts));
});

test('rm forgets a host that we never changed, as docker-machine did', async () => {
  await remove(old.work, { name: 'g1' });
  expect(await hasFolder(old.store, 'g1')).toBe(false);
});
