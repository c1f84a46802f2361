import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { dockerMachineLayout } from '../../src/store/docker-machine/layout.ts';
import { sharedImages } from '../drivers/site.ts';
import { bootForeignHost, type ForeignHost } from './foreign.ts';
import { BUSY, newOwner, type Owner } from './owner.ts';

jest.setTimeout(3 * BUSY);

let owner: Owner;
let foreign: ForeignHost | undefined;

beforeAll(async () => {
  owner = await newOwner();
  foreign = await bootForeignHost();
});

afterAll(async () => {
  await owner.run('fusermount', '-u', 'mounted'); // it may still be: then the home's removal would reach the machine
  await owner.run('docker-machine', 'rm', '-y', 'dev', 'other');
  await foreign?.remove();
  await owner.remove();
});

test('a script that was written for docker-machine runs, each of its commands once', async () => {
  const { cache } = dockerMachineLayout(join(owner.home, '.docker', 'machine'));
  await mkdir(cache, { recursive: true, mode: 0o700 });
  await symlink(sharedImages, join(cache, 'qemu'));
  if (!foreign) throw new Error('There is no other host');
  const key = join(owner.home, 'key');
  await writeFile(key, foreign.client.privateKey, { mode: 0o600 });
  const variables = [`PORT=${foreign.sshPort}`, `ENGINE_PORT=${foreign.enginePort}`, `KEY=${key}`];
  const script = resolve('test/e2e/docker-machine.sh');
  const { code, stdout, stderr } = await owner.run('env', ...variables, 'bash', script);
  expect({ code, stderr, stdout }).toMatchObject({ code: 0 });
  const said = Object.fromEntries(
    stdout
      .split(/^== /m)
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1).trimEnd()]),
  );
  const lastOf = (step: string) => said[step]?.split('\n').at(-1);
  expect(lastOf('create')).toMatch(/run: docker-machine env other$/);
  expect(said.ls).toMatch(/^dev +- +qemu +Running +tcp:\/\/127\.0\.0\.1:\d+ +v\d/m);
  expect(said.ls?.split('\n').slice(3)).toEqual(
    ['dev', 'other', 'other Running generic', 'NAME ACTIVE', 'dev -'].map((line) =>
      expect.stringMatching(new RegExp(`^${line.replace(' ', ' +')} *$`)),
    ),
  );
  expect(said['status, ip, url, version']).toMatch(
    /^Running\n127\.0\.0\.1\n127\.0\.0\.1\ntcp:\/\/127\.0\.0\.1:\d+\n\d+\.\d+/,
  );
  expect(said.env?.split('\n').slice(6)).toEqual(['dev', 'dev', 'none']);
  expect(said.config).toBe('theirs');
  expect(said.inspect).toBe('qemu dev env=prod\n{\n    "ConfigVersion": 3,');
  expect(said.ssh).toBe('Linux\nended with 7');
  expect(said.scp).toBe('hello');
  expect(said.mount).toBe('of dev\n0');
  const states = said.power?.split('\n').filter((line) => /^(Running|Stopped)$/.test(line));
  expect(states).toEqual(['Stopped', 'Stopped', 'Running']);
  expect(lastOf('certificates, provision, upgrade')).toBe('dev');
  expect(said.rm).toMatch(/^Successfully removed dev$[\s\S]*^Successfully removed other$/m);
});
