import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type Sshd, startSshd } from '../hosts/sshd.ts';
import { giveOwnSsh } from './own-ssh.ts';
import { BUSY, newOwner, type Owner } from './owner.ts';

jest.setTimeout(BUSY);

let owner: Owner;
let between: Sshd;
/** Stands where ssh looks for the user's own files, for the programs of this test alone. */
let dotSsh: string;
let told: string;

beforeAll(async () => {
  [owner, between] = await Promise.all([newOwner(), startSshd({ config: ['LogLevel DEBUG1'] })]);
  dotSsh = await giveOwnSsh(owner, between);
  await writeFile(join(owner.home, 'hook.sh'), '#!/bin/sh\nid slipway >/hook-ran\n');
  await writeFile(join(owner.home, 'fails.sh'), '#!/bin/sh\nexit 7\n');
  await writeFile(join(owner.home, 'more.yaml'), '#cloud-config\nusers: [{name: second}]\nhostname: not-this\n');
  const created = await owner.slipway(
    'create',
    ...['--ssh-jump', `${between.user}@${between.host}:${between.port}`],
    ...['hook.sh', 'fails.sh', 'more.yaml'].flatMap((file) => ['--cloud-init', file]),
    'dev',
  );
  told = created.stderr;
  expect({ code: created.code, told }).toMatchObject({ code: 0 });
  await owner.buildTools('dev');
});

afterAll(async () => {
  await owner.remove();
  await between.remove();
});

test('docker goes through SSH, by way of the host in between', async () => {
  const before = between.log().length;
  expect(await owner.docker('dev', 'run', '--rm', 'tools', 'echo', 'in')).toBe('in');
  expect(between.log().slice(before)).toContain('direct-tcpip');
});

test('the engine listens at no port', async () => {
  const listening = await owner.does('slipway', 'ssh', 'dev', 'sudo ss -ltnH');
  expect(listening).toContain(':22 ');
  expect(listening).not.toContain(':2376 ');
});

test('ls, env, config and doctor know', async () => {
  const [row] = JSON.parse(await owner.does('slipway', 'ls', '--json', '-t', '20'));
  expect(row).toMatchObject({ state: 'Running', url: expect.stringMatching(/^ssh:\/\/dev\./) });
  expect(row.engine).toMatch(/^\d+\./);
  const version = `eval "$(slipway env dev)" && docker version --format '{{.Server.Version}}'`;
  expect(await owner.does('bash', '-c', version)).toBe(`${row.engine}\n`);
  expect(await owner.does('bash', '-c', `docker $(slipway config dev) version --format '{{.Server.Version}}'`)).toBe(
    `${row.engine}\n`,
  );
  expect(await owner.does('slipway', 'doctor')).not.toContain('dev  certificate');
});

test('files are copied by the same way', async () => {
  await writeFile(join(owner.home, 'file'), 'x'.repeat(100_000));
  await owner.does('slipway', 'scp', 'file', 'dev:file');
  expect(await owner.does('slipway', 'ssh', 'dev', 'wc -c <file')).toBe('100000\n');
});

test('the first boot did what the user asked, and not what would undo ours', async () => {
  expect(await owner.does('slipway', 'ssh', 'dev', 'cat /hook-ran')).toContain('slipway');
  expect(await owner.does('slipway', 'ssh', 'dev', 'id -un second; hostname')).toBe('second\ndev\n');
});

test('what went wrong of that is told', () => {
  expect(told).toMatch(/dev: cloud-init: not all of the first boot went well: .*Runparts: 1 failures \(.*fails\.sh/);
});

test('after a stop and a start the way leads there again', async () => {
  await owner.does('slipway', 'stop', 'dev');
  await owner.does('slipway', 'start', 'dev');
  expect(await owner.docker('dev', 'run', '--rm', 'tools', 'echo', 'again')).toBe('again');
});

test('there is no certificate to make again, and that is said', async () => {
  const { code, stderr } = await owner.slipway('regenerate-certs', 'dev');
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('through SSH') });
});

test("rm leaves the user's own ssh as it was", async () => {
  expect(await readFile(join(dotSsh, 'config'), 'utf8')).toContain('Include');
  await owner.does('slipway', 'rm', '-y', 'dev');
  expect(await readFile(join(dotSsh, 'config'), 'utf8')).toBe('Host *\n  ConnectTimeout 20\n');
});
