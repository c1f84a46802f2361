import { rm } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import openstack from '../../../src/drivers/openstack/index.ts';
import { createUntilSsh, newCloudUser } from '../../clouds/cli.ts';
import type { Client } from '../../clouds/openstack/admin.ts';
import { driverContract } from '../contract.ts';
import { checked, newKeyedSite } from '../machines.ts';
import { newMachine, SMALL, useCloud, withMachine } from './cloud.ts';

const cloud = useCloud();

/** A machine that boots from a volume, without a floating address. */
const VOLUME = { 'openstack-floatingip-pool': '', 'openstack-boot-from-volume': true };

driverContract({
  name: 'openstack',
  module: openstack,
  good: { ...SMALL, ...VOLUME, 'openstack-flavor-name': 'm1.diskless', 'openstack-volume-size': 1 },
  bad: {},
  site: newKeyedSite,
  left: () => cloud().left(),
});

const volume = async (id = '') => (await ask('GET', `/volumes/${id}`)).volume;
const askAs = (who: Client) => (method: string, path: string, body?: object) =>
  who.ask(method, 'volume', `/v3/${who.project}${path}`, body);
const ask: ReturnType<typeof askAs> = (...words) => askAs(cloud().client)(...words);

/** Only an administrator may say in what state a volume is. */
const mark = (id: string, status: string) =>
  askAs(cloud().admin)('POST', `/volumes/${id}/action`, { 'os-reset_status': { status } });

/** Makes the volume alone. */
async function makeVolume(values = {}) {
  const machine = await newMachine({ ...VOLUME, ...values });
  const part = machine.driver().parts.find(({ kind }) => kind === 'volume');
  if (!part) throw new Error('it boots from a volume');
  machine.made.volume = await part.create(machine.keyOf('volume'), {});
  return { machine, part, id: machine.made.volume };
}

async function reaches(id: string, status: string): Promise<void> {
  while ((await volume(id)).status !== status) await new Promise((done) => setTimeout(done, 100));
}

test('a volume is as it should be, and the machine boots from it', async () => {
  const values = { 'openstack-volume-size': 3, 'openstack-volume-type': 'fast', 'openstack-availability-zone': 'nova' };
  await withMachine({ ...VOLUME, ...values }, async ({ made, keyOf, place }) => {
    expect(Object.keys(made)).toEqual(['keypair', 'security-group', 'volume', 'server']);
    expect(await volume(made.volume)).toMatchObject({
      name: keyOf('volume'),
      size: 3,
      volume_type: 'fast',
      availability_zone: 'nova',
      bootable: 'true',
      status: 'in-use',
      metadata: { 'slipway-store': '0123abcd', 'slipway-machine': place.site.machine, 'slipway-key': keyOf('volume') },
      attachments: [{ server_id: made.server }],
    });
    const labels = { ...place.site.labels, 'slipway-expires': '1795326502' };
    await openstack.driver({ ...SMALL, ...VOLUME }, { ...place.site, labels }).relabel?.(made);
    const { metadata } = await volume(made.volume);
    expect(metadata).toMatchObject({ 'slipway-expires': '1795326502', 'slipway-key': keyOf('volume') });
  });
  expect(await cloud().left()).toEqual([]);
});

test('a volume without a type or a zone of that name is what the cloud takes by itself', async () => {
  const { machine, id } = await makeVolume();
  expect(await volume(id)).toMatchObject({ size: 1, volume_type: '__DEFAULT__' });
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('where the volumes are may be said otherwise than in the catalogue', async () => {
  const volumes = cloud().url.replace('/identity/v3', `/volume/v3/${cloud().project}`);
  process.env.OS_BLOCK_STORAGE_ENDPOINT_OVERRIDE = volumes;
  const machine = await newMachine({ ...VOLUME, 'openstack-endpoint-type': 'adminURL' });
  expect(await checked(machine)).toBeUndefined();
  delete process.env.OS_BLOCK_STORAGE_ENDPOINT_OVERRIDE;
});

test('a volume that nobody has room for is no-capacity, and goes', async () => {
  const machine = await newMachine({ ...VOLUME, 'openstack-volume-size': 2000 });
  await expect(machine.make()).rejects.toMatchObject({ code: 'no-capacity', message: expect.stringMatching(/volume/) });
  expect((await volume(machine.made.volume)).status).toBe('error');
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('a limit that is reached meanwhile is told', async () => {
  const { machine, part } = await makeVolume();
  const limit = (most: number) =>
    askAs(cloud().admin)('PUT', `/os-quota-sets/${cloud().project}`, { quota_set: { volumes: most } });
  await limit(1);
  await expect(part.create(machine.keyOf('other'), {})).rejects.toMatchObject({
    code: 'quota',
    message: expect.stringContaining('volumes than 1'),
  });
  await limit(50);
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('what was lost of its answer is found by its name', async () => {
  let lost = false;
  cloud().intercept = ({ what }, when) => {
    if (what !== 'POST /v3/{project_id}/volumes' || when !== 'after' || lost) return undefined;
    lost = true;
    return 'drop';
  };
  const machine = await newMachine(VOLUME);
  const part = machine.driver().parts[2];
  await expect(part?.create(machine.keyOf('volume'), {})).rejects.toThrow();
  expect(await part?.create(machine.keyOf('volume'), {})).toBe(await part?.find(machine.keyOf('volume')));
  expect(await cloud().left()).toHaveLength(1);
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('a volume goes though the server let it stay, and though it is noted as being on a server that has gone', async () => {
  const { machine, part, id } = await makeVolume();
  await reaches(id, 'available');
  const gone = '01234567-89ab-cdef-0123-456789abcdef';
  await ask('POST', `/volumes/${id}/action`, { 'os-attach': { instance_uuid: gone, mountpoint: '/dev/vda' } });
  await reaches(id, 'in-use');
  await part.destroy(id);
  await machine.place.remove();
  expect(await cloud().left()).toEqual([]);
});

test('one that somebody put on another server stays there, and is named', async () => {
  const { machine, part, id } = await makeVolume();
  await reaches(id, 'available');
  await withMachine({ 'openstack-floatingip-pool': '' }, async ({ made }) => {
    const attach = { 'os-attach': { instance_uuid: made.server, mountpoint: '/dev/vdb' } };
    await ask('POST', `/volumes/${id}/action`, attach);
    await expect(part.destroy(id)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining(made.server ?? ''),
    });
    expect((await volume(id)).status).toBe('in-use');
  });
  await part.destroy(id);
  await machine.place.remove();
  expect(await cloud().left()).toEqual([]);
});

test('a snapshot of the user’s keeps it, which is told at once', async () => {
  const { machine, part, id } = await makeVolume();
  await reaches(id, 'available');
  const { snapshot } = await ask('POST', '/snapshots', { snapshot: { volume_id: id } });
  await expect(part.destroy(id)).rejects.toMatchObject({
    code: 'refused',
    hint: expect.stringMatching(/snapshot list/),
  });
  expect((await volume(id)).status).toBe('available');
  await ask('DELETE', `/snapshots/${snapshot.id}`);
  while ((await ask('GET', '/snapshots')).snapshots.length > 0) await new Promise((done) => setTimeout(done, 100));
  await part.destroy(id);
  await machine.place.remove();
  expect(await cloud().left()).toEqual([]);
});

test('what the cloud could not remove is told, until somebody mends it', async () => {
  const { machine, part, id } = await makeVolume();
  await reaches(id, 'available');
  await mark(id, 'error_deleting');
  await expect(part.destroy(id)).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining(id) });
  await mark(id, 'error');
  await part.destroy(id);
  await machine.place.remove();
  expect(await cloud().left()).toEqual([]);
});

test('gc finds a volume of which there is no record, and nothing else', async () => {
  const user = await newCloudUser(cloud());
  try {
    await createUntilSsh(cloud(), user, 'dev', '--openstack-boot-from-volume');
    expect((await cloud().left()).map((each) => each.split(' ')[0])).toContain('volume');
    const mine = await ask('POST', '/volumes', { volume: { name: 'mine', size: 1 } });
    await rm(user.store.machine('dev').folder, { recursive: true });
    expect(await user.slipway('gc', '--yes', '-d', 'openstack', ...cloud().words)).toMatchObject({ code: 0 });
    expect(await cloud().left()).toEqual(['volume mine']);
    await ask('DELETE', `/volumes/${mine.volume.id}`);
  } finally {
    await user.remove();
  }
});
