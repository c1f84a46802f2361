import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { userData } from '../../src/provision/index.ts';
import { fingerprint, generateKey, type KeyPair } from '../../src/ssh/index.ts';
import { readMachine } from '../../src/store/machine.ts';
import { wordsFor } from '../clouds/cloud.ts';
import type { NewGuest } from '../clouds/guests.ts';
import { startCloud, type VsphereCloud } from '../clouds/vsphere/index.ts';
import { newUser, type User } from '../commands/cli.ts';
import { SSH_PORT, type StandIns, startStandIns } from '../hosts/stand-ins.ts';

// A template whose maker has put a user and a host key into it, and which listens to nobody at its first boot.

let hosts: StandIns;
let cloud: VsphereCloud;
let user: User;
let hostKey: KeyPair;
let words: string[];

/** What the machines were told for their first boot. */
const told: string[] = [];

beforeAll(async () => {
  hostKey = await generateKey('template');
  const key = await generateKey('maker');
  const prepared = userData({ hostname: 'template', user: 'maker', publicKey: key.publicKey, hostKey }, []);
  const ofTemplate: NewGuest = (given, addresses) => {
    told.push(given);
    return hosts.guest(prepared, addresses);
  };
  hosts = await startStandIns();
  cloud = await startCloud({ guests: ofTemplate });
  user = await newUser({ ...cloud.env });
  const file = join(user.home, 'maker');
  await writeFile(file, key.privateKey, { mode: 0o600 });
  words = ['create', '--progress', 'plain', ...wordsFor(cloud), '--vsphere-ssh-port', String(SSH_PORT)];
  words.push('--vsphere-ssh-user', 'maker', '--vsphere-ssh-key-path', file);
});

afterAll(async () => {
  await user.remove();
  await cloud.close();
  await hosts.close();
});

test('its machines are docker hosts, and each has a host key of its own', async () => {
  const created = await user.slipway(...words, '--vsphere-host-key', fingerprint(hostKey.publicKey), 'one');
  expect(created).toMatchObject({ code: 0, stdout: expect.stringContaining('"one" is ready.') });
  expect(told).toEqual(['']);
  const { hostKeys, endpoint } = await readMachine(user.store, 'one');
  expect(hostKeys).toHaveLength(1);
  expect(hostKeys.map(fingerprint)).not.toContain(fingerprint(hostKey.publicKey));
  expect(endpoint).toMatchObject({ sshUser: 'maker' });
  expect(JSON.parse((await user.slipway('ls', '--json', '-t', '60')).stdout)).toMatchObject([
    { name: 'one', state: 'Running', engine: expect.stringMatching(/^\d/) },
  ]);
  expect(await user.slipway('rm', '-y', '--quiet', 'one')).toMatchObject({ code: 0, stderr: '' });
  expect(await cloud.left()).toEqual([]);
});

test('one that shows another key is not entered, and goes', async () => {
  const other = await generateKey('other');
  const { code, stderr } = await user.slipway(...words, '--vsphere-host-key', other.publicKey, 'one');
  expect(code).toBe(1);
  expect(stderr).toContain('Error: ');
  expect(stderr).toContain(fingerprint(hostKey.publicKey));
  expect(await cloud.left()).toEqual([]);
});

test.each([
  ['--ttl', '1h', '--ttl and --idle switch a machine off, and without cloud-init nothing in "one" would'],
  ['--cloud-init', '/dev/null', '--cloud-init is for a first boot, and "one" has none of ours'],
])('%s is refused', async (flag, value, sentence) => {
  const key = fingerprint(hostKey.publicKey);
  const { code, stderr } = await user.slipway(...words, '--vsphere-host-key', key, flag, value, 'one');
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(`Error: ${sentence}`) });
});

test('slipway run is refused', async () => {
  const key = ['--vsphere-host-key', fingerprint(hostKey.publicKey)];
  const { code, stderr } = await user.slipway('run', ...words.slice(1), ...key, '--', 'true');
  expect(code).toBe(125);
  expect(stderr).toMatch(
    /Error: A machine of slipway run switches itself off, and without cloud-init nothing in "run-/,
  );
});

test('nobody is let in whom it does not know', async () => {
  const without = words.slice(0, -2);
  const { code, stderr } = await user.slipway(...without, '--vsphere-host-key', hostKey.publicKey, 'one');
  expect(code).toBe(2);
  expect(stderr).toContain('--vsphere-host-key is for what has its user already, and nobody says whom');
  expect(stderr).toContain('Say --vsphere-ssh-key-path too.');
});

test('nothing that was asked was other than the vendor defines it', () => {
  expect(cloud.complaints).toEqual([]);
});
