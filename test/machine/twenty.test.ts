import { X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { output } from '../../src/program.ts';
import { listMachines } from '../../src/store/machine.ts';
import { type Ec2Cloud, startCloud } from '../clouds/amazonec2/index.ts';
import { newUser, type User } from '../commands/cli.ts';
import { SSH_PORT, type StandIns, startStandIns } from '../hosts/stand-ins.ts';

const names = Array.from({ length: 20 }, (_, n) => `m${n + 1}`);

let hosts: StandIns;
let cloud: Ec2Cloud;
let user: User;

beforeAll(async () => {
  hosts = await startStandIns();
  cloud = await startCloud({ others: hosts.url, instances: names.length });
  user = await newUser({ ...cloud.env });
}, 120_000);

afterAll(async () => {
  await user.remove();
  await cloud.close();
  await hosts.close();
});

test('twenty processes make a machine each in a store that is not there yet', async () => {
  const flags = ['--driver', 'amazonec2', '--allow-from', '127.0.0.1', '--amazonec2-ssh-port', String(SSH_PORT)];
  const made = await Promise.all(names.map((name) => user.slipway('create', '--quiet', ...flags, name)));
  expect(made.filter(({ code }) => code !== 0).map(({ stderr }) => stderr)).toEqual([]);
}, 300_000);

test('no record is torn', async () => {
  const records = await listMachines(user.store);
  const seen = records.map((each) => [each.name, 'machine' in each ? each.machine.phase : each.error]);
  expect(seen).toEqual(names.map((name) => [name, 'ready']));
});

test('there is one authority, and every certificate is its own and verifies', async () => {
  const ids = (await readdir(user.store.authorities)).filter((name) => name !== 'current');
  expect(ids).toEqual([(await readFile(user.store.currentAuthority, 'utf8')).trim()]);
  const { authority, client } = user.store.authority(ids[0] ?? '');
  const verified = (purpose: string, files: readonly string[]) =>
    output('openssl', ['verify', '-x509_strict', '-CAfile', authority, '-purpose', purpose, ...files]);
  const servers = names.map((name) => user.store.machine(name).serverCert);
  expect(await verified('sslserver', servers)).toBe(servers.map((file) => `${file}: OK\n`).join(''));
  const clients = [client, ...names.map((name) => user.store.machine(name).clientCert)];
  expect(await verified('sslclient', clients)).toBe(clients.map((file) => `${file}: OK\n`).join(''));
  const certificates = await Promise.all(servers.map(async (file) => new X509Certificate(await readFile(file))));
  expect(new Set(certificates.map(({ serialNumber }) => serialNumber)).size).toBe(names.length);
});

test('every engine answers by its own certificate, and rm --all leaves nothing', async () => {
  const rows = JSON.parse((await user.slipway('ls', '--json', '--timeout', '20')).stdout) as { state: string }[];
  expect(rows.map(({ state }) => state)).toEqual(names.map(() => 'Running'));
  expect(await user.slipway('rm', '--all', '--yes', '--quiet')).toMatchObject({ code: 0 });
  expect(await cloud.left()).toEqual([]);
  expect(await readdir(user.store.machines)).toEqual([]);
}, 120_000);
