import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { lendCredentials } from '../../src/machine/credentials.ts';
import { driverOf, madeOf } from '../../src/machine/driving.ts';
import { list, stateOf } from '../../src/machine/list.ts';
import { remove } from '../../src/machine/remove.ts';
import { stop } from '../../src/machine/stop.ts';
import { machineNames, readMachine } from '../../src/store/machine.ts';
import { certificate } from '../clouds/vsphere/certificate.ts';
import { PASSWORD, TEMPLATE } from '../clouds/vsphere/index.ts';
import { useCloud } from '../drivers/vsphere/cloud.ts';
import { newOldStore, type OldStore, VSPHERE, version3 } from './records.ts';

const cloud = useCloud();
let old: OldStore;

/** docker-machine trusted every certificate; ours finds this one where govc does. */
beforeEach(async () => {
  old = await newOldStore();
  const known = join(old.store.root, 'known_hosts');
  await writeFile(known, `127.0.0.1:${cloud().port} ${(await certificate()).thumbprint}\n`);
  process.env.GOVC_TLS_KNOWN_HOSTS = known;
});

afterEach(async () => {
  delete process.env.GOVC_TLS_KNOWN_HOSTS;
  await old.remove();
});

/** A machine beside the template's, and docker-machine's record of it. */
async function machine(name: string, more: object = {}): Promise<void> {
  const template = (await cloud().there()).find(({ What }) => What === `machine ${TEMPLATE}`)?.Id ?? '';
  await cloud().console.clone(template, name);
  await record(name, more);
}

async function record(name: string, more: object = {}): Promise<void> {
  const { VSPHERE_USERNAME: Username } = cloud().env;
  const place = { IP: '127.0.0.1', Port: cloud().port, Datacenter: 'DC0', Folder: '', Username, Password: PASSWORD };
  await old.add(name, version3(name, 'vmwarevsphere', { ...VSPHERE, ...place, ...more }));
}

const left = async () => (await cloud().left()).filter((each) => each.startsWith('machine '));

test('what docker-machine made is found at its place, switched, and removed, and nothing else', async () => {
  await machine('web');
  await machine('other', { Datacenter: '' });
  delete process.env.VSPHERE_USERNAME;
  await lendCredentials(old.work, ['web']);
  expect((await list(old.work, 20_000)).map(({ name, state }) => [name, state])).toEqual([
    ['other', 'Stopped'],
    ['web', 'Stopped'],
  ]);
  const web = await readMachine(old.store, 'web');
  await (await driverOf(old.work, web)).power?.start(madeOf(web));
  expect(await stateOf(old.work, web)).toBe('Running');
  await stop(old.work, 'web');
  const home = (await cloud().there()).find(({ What }) => /^file .* web\/web\.vmx$/.test(What))?.What ?? '';
  const iso = home.replace(/^file /, '').replace(/[^/]*$/, 'boot2docker.iso');
  await cloud().console.makeFolder(iso); // so that there is something of the name
  expect(await stateOf(old.work, web)).toBe('Stopped');
  await remove(old.work, { name: 'web' });
  expect(await left()).toEqual([expect.stringMatching(/^machine other/)]);
  const deleted = cloud().asked.filter(({ method }) => method === 'DeleteDatastoreFile_Task');
  expect(deleted.map(({ body }) => body.includes(iso))).toEqual([true]);
  await expect(cloud().console.deleteFolder(iso)).rejects.toThrow();
  await remove(old.work, { name: 'other' });
  expect([await left(), await machineNames(old.store)]).toEqual([[], []]);
});

test('one that is elsewhere now is not taken for gone, and one that is gone is forgotten', async () => {
  await machine('moved', { Folder: 'tests' });
  await record('gone');
  await expect(remove(old.work, { name: 'moved' })).rejects.toMatchObject({ code: 'denied' });
  await remove(old.work, { name: 'gone' });
  expect(await machineNames(old.store)).toEqual(['moved']);
  expect(await left()).toEqual([expect.stringMatching(/^machine moved/)]);
  await record('moved');
  await remove(old.work, { name: 'moved' });
  expect(await left()).toEqual([]);
});
