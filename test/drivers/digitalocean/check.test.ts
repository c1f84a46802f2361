import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import digitalocean from '../../../src/drivers/digitalocean/index.ts';
import { contextInUse, tokenFor } from '../../../src/drivers/digitalocean/token.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { newKeyedSite } from '../machines.ts';
import { newSite } from '../site.ts';
import { SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();

async function check(values: FlagValues): Promise<unknown> {
  const { site, remove } = await newKeyedSite();
  const error = await digitalocean
    .driver({ ...SMALL, ...values }, site)
    .check?.()
    .catch((thrown: unknown) => thrown);
  await remove();
  return error;
}

test.each<[string, FlagValues, string, RegExp]>([
  ['a size that there is not', { 'digitalocean-size': 's-1vcpu-2gb' }, 'bad-input', /s-1vcpu-1gb/],
  ['a region that there is not', { 'digitalocean-region': 'nyc9' }, 'bad-input', /nyc3/],
  ['a region that is full', { 'digitalocean-region': 'nyc2' }, 'no-capacity', /nyc3,sfo3,fra1/],
  ['a size that is not there', { 'digitalocean-size': 's-4vcpu-8gb' }, 'no-capacity', /region fra1/],
  ['an image that there is not', { 'digitalocean-image': 'debian-21-x64' }, 'bad-input', /debian-12-x64/],
  ['an image larger than the disk', { 'digitalocean-image': '7000001' }, 'bad-input', /larger size/],
  ['a key that there is not', { 'digitalocean-ssh-key-fingerprint': '7' }, 'bad-input', /doctl compute ssh-key/],
  ['a network that there is not', { 'digitalocean-vpc': 'prod' }, 'bad-input', /There are/],
  [
    'an address that there is not',
    { 'digitalocean-reserved-ip': '192.0.2.1' },
    'bad-input',
    /doctl compute reserved-ip/,
  ],
])('%s is told before anything is made', async (_, values, code, hint) => {
  expect(await check(values)).toMatchObject({ code, hint: expect.stringMatching(hint) });
  expect(cloud().calls.filter(({ reads }) => !reads)).toEqual([]);
});

test('the limit on droplets is looked at', async () => {
  cloud().world.limit = 0;
  expect(await check({})).toMatchObject({ code: 'quota', message: 'The account may have 0 droplets, and has 0' });
  cloud().world.limit = 25;
  expect(await check({})).toBeUndefined();
});

test('user data that is too long gets a sentence', async () => {
  const userData = `#cloud-config\n# ${'0123456789'.repeat(7000)}\n`;
  const place = await newSite({ bootstrap: { userData, user: 'slipway', publicKey: 'ssh-ed25519 AAAA' } });
  await expect(digitalocean.driver(SMALL, place.site).check?.()).rejects.toMatchObject({ code: 'bad-input' });
  await place.remove();
});

test('a plan says what each part will be, and what it costs', async () => {
  const { site, remove } = await newKeyedSite();
  const values = {
    ...SMALL,
    'digitalocean-vpc': 'own',
    'digitalocean-reserved-ip': 'new',
    'digitalocean-backups': true,
  };
  expect(await digitalocean.driver(values, site).plan?.()).toEqual({
    parts: [
      { kind: 'key', what: "the machine's SSH key" },
      { kind: 'vpc', what: 'a private network in nyc3, shared by the machines of this store' },
      { kind: 'tag', what: 'says whose the machine is' },
      { kind: 'firewall', what: 'ports 22 and 2376 from 192.0.2.7/32' },
      { kind: 'droplet', what: 's-1vcpu-1gb (1 processors, 1024 MB, 25 GB of disk) in nyc3, debian-12-x64' },
      { kind: 'address', what: 'a reserved address in nyc3' },
    ],
    price: '0.00893 USD an hour, without taxes, backups, and traffic beyond what is included',
  });
  await remove();
});

test('sizes come before regions', () => {
  const values = { 'digitalocean-size': 's-1vcpu-1gb,s-2vcpu-2gb', 'digitalocean-region': 'nyc3, sfo3' };
  const each = digitalocean.candidates?.(values) ?? [];
  expect(each.map((one) => `${one['digitalocean-size']} ${one['digitalocean-region']}`)).toEqual([
    's-1vcpu-1gb nyc3',
    's-1vcpu-1gb sfo3',
    's-2vcpu-2gb nyc3',
    's-2vcpu-2gb sfo3',
  ]);
});

test('the account is the team’s', async () => {
  const { site, remove } = await newKeyedSite();
  expect(await digitalocean.driver(SMALL, site).account?.()).toBe(cloud().world.uuid);
  await remove();
});

describe('the token', () => {
  let folder = '';
  const before = { ...process.env };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-doctl-'));
    delete process.env.DIGITALOCEAN_ACCESS_TOKEN;
    Object.assign(process.env, { XDG_CONFIG_HOME: folder });
  });
  afterEach(async () => {
    delete process.env.XDG_CONFIG_HOME;
    Object.assign(process.env, before);
    await rm(folder, { recursive: true, force: true });
  });

  const FILE = `access-token: of-default
auth-contexts:
    work: of-work
    "my team": 'of-team'
compute:
  ssh:
    work: of nobody
context: work
output: text
`;

  test('is that of the environment before that of a context of doctl', async () => {
    await mkdir(join(folder, 'doctl'));
    await writeFile(join(folder, 'doctl', 'config.yaml'), FILE);
    expect(tokenFor(undefined)).toBe('of-work');
    expect(tokenFor('default')).toBe('of-default');
    expect(tokenFor('my team')).toBe('of-team');
    expect(contextInUse(undefined)).toBe('work');
    expect(digitalocean.candidates?.({})[0]).toMatchObject({ 'digitalocean-context': 'work' });
    process.env.DIGITALOCEAN_ACCESS_TOKEN = 'of-environment';
    expect(tokenFor('work')).toBe('of-environment');
    expect(contextInUse('work')).toBeUndefined();
  });

  test('is missed with a sentence that says where it was looked for', () => {
    expect(() => tokenFor('work')).toThrow(
      expect.objectContaining({ code: 'no-credentials', message: expect.stringContaining('the context "work"') }),
    );
  });
});
