import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUntilSsh, newCloudUser } from '../../clouds/cli.ts';
import { certificate } from '../../clouds/vsphere/certificate.ts';
import { PASSWORD, TEMPLATE } from '../../clouds/vsphere/index.ts';
import type { User } from '../../commands/cli.ts';
import { useCloud } from './cloud.ts';
import { newDisk, newOva } from './images.ts';

const cloud = useCloud();
let user: User;

beforeAll(async () => {
  user = await newCloudUser(cloud());
});
afterAll(() => user.remove());

test('docker-machine’s name of the driver and its flags are understood', async () => {
  const { code, stdout, stderr } = await user.slipway(
    ...['create', '--dry-run', '--driver', 'vmwarevsphere', '--vmwarevsphere-vcenter', '127.0.0.1'],
    ...['--vmwarevsphere-vcenter-port', String(cloud().port), '--vmwarevsphere-cpu-count', '3'],
    ...['--vmwarevsphere-network', 'VM Network', '--vsphere-thumbprint', (await certificate()).thumbprint],
    ...['--vsphere-template', TEMPLATE, '--vsphere-cluster', 'DC0_C0', 'dev'],
  );
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toContain(`a clone of "${TEMPLATE}", 3 processors, 2048 MiB`);
  expect((await user.slipway('drivers', 'vmwarevsphere')).stdout).toContain('--vsphere-template');
});

test.each([
  ['an OVA', (disk: string) => newOva(user.home, disk)],
  ['a disk', async (disk: string) => disk],
])('the program as it is built reads %s', async (_, image) => {
  const words = [
    '--driver',
    'vsphere',
    '--vsphere-image',
    await image(await newDisk(user.home)),
    '--vsphere-network',
    'VM Network',
  ];
  const where = cloud().words.slice(0, 6); // but not what to clone
  const { code, stdout, stderr } = await user.slipway(
    ...[
      'create',
      '--dry-run',
      ...where,
      ...words,
      '--vsphere-cluster',
      'DC0_C0',
      '--vsphere-datastore',
      'LocalDS_0',
      'dev',
    ],
  );
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toContain('made of the image');
});

describe('a machine', () => {
  beforeAll(async () => {
    await createUntilSsh(cloud(), user, 'dev');
  }, 60_000);

  test('has nothing secret in its record', async () => {
    const { stdout } = await user.run('grep', '-rlF', PASSWORD.slice(-12), user.home);
    expect(stdout).toBe('');
  });

  test('of another vCenter is not taken for gone', async () => {
    const there = await cloud().left();
    cloud().instance = '01234567-0123-0123-0123-0123456789ab';
    const { code, stderr } = await user.slipway('rm', '-y', 'dev');
    cloud().instance = undefined;
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('is in the account') });
    expect(await cloud().left()).toEqual(there);
  });

  test('is removed in one session, which is closed at the end, also where that fails', async () => {
    const first = cloud().calls.length;
    cloud().intercept = ({ what }) => (what === 'Destroy_Task' ? cloud().refusal(403) : undefined);
    expect(await user.slipway('rm', '-y', 'dev')).toMatchObject({ code: 1 });
    const asked = cloud().calls.slice(first);
    expect(asked.filter(({ what }) => /^Log/.test(what)).map(({ what }) => what)).toEqual(['Login', 'Logout']);
    expect(asked.at(-1)?.what).toBe('Logout');
    cloud().intercept = () => undefined;
    expect(await user.slipway('rm', '-y', 'dev')).toMatchObject({ code: 0 });
    expect(await cloud().left()).toEqual([]);
  });
});
