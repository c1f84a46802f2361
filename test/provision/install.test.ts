import { createHash } from 'node:crypto';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { output } from '../../src/program.ts';
import { prepare, setUp } from '../../src/provision/set-up.ts';
import type { EngineWish } from '../../src/provision/wish.ts';
import { type Chroot, makeChroot } from './chroot.ts';
import { wishFor } from './samples.ts';
import type { Telling } from './shells.ts';

const FINGERPRINT = '9DC858229FC7DD38854AE2D88D81803C0EBFCD88';

let host: Chroot;
beforeEach(async () => {
  host = await makeChroot();
  renameSync(join(host.folder, 'usr/sbin/dockerd'), join(host.folder, 'state/dockerd'));
  host.write('state/containers', '0\n');
  host.write('state/download', FINGERPRINT);
});
afterEach(() => host.remove());

async function install(engine: Partial<EngineWish>): Promise<Telling> {
  return host.carryOut(prepare(await host.facts(), wishFor(engine)));
}

test("from Docker's repository, with its key, at the newest version that was wished", async () => {
  expect((await host.facts()).engine).toBeUndefined();
  expect(await install({ version: '27' })).toMatchObject({ complete: true, code: 0 });
  expect(host.calls()).toEqual([
    'apt-get update',
    'apt-get install ca-certificates curl',
    'curl https://download.docker.com/linux/debian/gpg',
    'apt-get update',
    'apt-get update',
    'apt-get install docker-ce=5:27.5.0-1~debian.12~bookworm docker-ce-cli=5:27.5.0-1~debian.12~bookworm containerd.io docker-buildx-plugin docker-compose-plugin apparmor ca-certificates',
    'systemctl enable docker.service',
    'systemctl start docker.service',
  ]);
  expect(host.read('etc/apt/sources.list.d/docker.list')).toBe(
    'deb [arch=amd64 signed-by=/etc/apt/keyrings/docker.asc] https://download.docker.com/linux/debian bookworm stable\n',
  );
  expect(host.read('etc/apt/keyrings/docker.asc')).toBe(FINGERPRINT);
  expect(await host.carryOut(setUp(await host.facts(), wishFor()))).toMatchObject({ complete: true, code: 0 });
  expect((await install({ version: '28' })).told).toEqual([]);
});

test('not with another key', async () => {
  host.write('state/download', FINGERPRINT.replace('9', '8'));
  const { failed } = await install({});
  expect(failed).toMatchObject({ title: "add Docker's package repository", status: 1 });
  expect(failed?.lastLines).toBe(
    `The signing key has the fingerprint 8DC858229FC7DD38854AE2D88D81803C0EBFCD88 instead of ${FINGERPRINT}`,
  );
  expect(host.manifest().filter((line) => line.includes('docker.'))).toEqual([]);
});

test('not with a second key beside the right one', async () => {
  host.write('state/download', `${FINGERPRINT}:\nfpr:::::::::x:\npub:\nfpr:::::::::${'A'.repeat(40)}`);
  expect((await install({})).failed?.lastLines).toContain('The signing key has the fingerprint');
});

test('says which versions there are, when the one that was wished is not', async () => {
  const { failed } = await install({ source: 'distribution', version: '27' });
  expect(failed?.lastLines).toBe('There is no docker.io 27, but these:\n20.10.24+dfsg1-1');
});

test('waits for the lock of the package manager', async () => {
  host.write('state/locked', '');
  const { told, code } = await install({ source: 'distribution' });
  expect(code).toBe(0);
  expect(told).toContain('log Somebody else is at work with the package manager; trying again in 3 s');
});

test('finishes an installation that was cut off', async () => {
  host.write('state/dies', '');
  expect((await install({ source: 'distribution' })).failed?.status).toBe(100);
  expect((await host.facts()).engine).toBeUndefined();
  host.calls();
  expect((await install({ source: 'distribution' })).code).toBe(0);
  expect(host.calls().slice(0, 2)).toEqual(['dpkg --force-confold --configure -a', 'apt-get update']);
  expect((await host.facts()).engine).toBeDefined();
});

test('an archive of binaries with its checksum, and a service of ours', async () => {
  await output('tar', [
    '-czf',
    join(host.folder, 'state/docker-27.3.1.tgz'),
    '--transform',
    's,^,docker/,',
    '-C',
    join(host.folder, 'state'),
    'dockerd',
  ]);
  const digits = createHash('sha256')
    .update(readFileSync(join(host.folder, 'state/docker-27.3.1.tgz')))
    .digest('hex');
  const url = 'file:///state/docker-27.3.1.tgz';
  const wrong = await install({ source: 'static', url, checksum: `sha256:${'0'.repeat(64)}` });
  expect(wrong.failed?.lastLines).toBe(`The archive's checksum is ${digits} instead of ${'0'.repeat(64)}`);
  expect((await host.facts()).engine).toBeUndefined();
  expect(await install({ source: 'static', url, checksum: digits.toUpperCase() })).toMatchObject({
    complete: true,
    code: 0,
  });
  expect(host.read('etc/systemd/system/docker.service')).toContain(
    'ExecStart=/usr/local/bin/dockerd -H unix:///var/run/docker.sock\n',
  );
  expect(host.read('etc/group')).toMatch(/^docker:/m);
});
