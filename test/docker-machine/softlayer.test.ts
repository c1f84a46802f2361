import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { lendCredentials } from '../../src/machine/credentials.ts';
import { driverOf, madeOf } from '../../src/machine/driving.ts';
import { list, stateOf } from '../../src/machine/list.ts';
import { remove } from '../../src/machine/remove.ts';
import { stop } from '../../src/machine/stop.ts';
import { machineNames, readMachine } from '../../src/store/machine.ts';
import { useCloud } from '../drivers/softlayer/cloud.ts';
import { newOldStore, type OldStore, SOFTLAYER, version3 } from './records.ts';

const cloud = useCloud();
let old: OldStore;

beforeEach(async () => {
  old = await newOldStore();
});

afterEach(() => old.remove());

test('virtual server and key go by their ids, with the user and the API key that the record keeps', async () => {
  const key = cloud().give('sshKeys', { id: 512_190, label: 'box', key: 'ssh-rsa AAAA' });
  const kept = cloud().give('sshKeys', { id: 512_191, label: 'mine', key: 'ssh-rsa AAAB' });
  const guest = cloud().give('virtualGuests', {
    id: 3_164_494,
    hostname: 'box',
    domain: 'example.com',
    provisionDate: '2019-05-01T10:00:00+00:00',
    powerState: { keyName: 'RUNNING', name: 'Running' },
    primaryIpAddress: '198.51.100.8',
    primaryBackendIpAddress: '10.0.0.8',
  });
  const { SOFTLAYER_USER: User, SOFTLAYER_API_KEY: ApiKey, SOFTLAYER_API_ENDPOINT: Endpoint } = cloud().env;
  process.env.SOFTLAYER_API_KEY = 'of-another-account';
  const Client = { User, ApiKey, Endpoint };
  await old.add('box', version3('box', 'softlayer', { ...SOFTLAYER, Client, Id: guest.id, SSHKeyID: key.id }));
  await lendCredentials(old.work, ['box']);
  expect((await list(old.work, 20_000)).map(({ name, url }) => [name, url])).toEqual([['box', 'tcp://192.0.2.1:2376']]);
  const box = await readMachine(old.store, 'box');
  expect(await stateOf(old.work, box)).toBe('Running');
  expect(await (await driverOf(old.work, box)).endpoint(madeOf(box))).toMatchObject({
    host: '198.51.100.8',
    sshUser: 'root',
  });
  await stop(old.work, 'box');
  expect(await stateOf(old.work, box)).toBe('Stopped');
  await remove(old.work, { name: 'box' });
  expect([cloud().world.all('virtualGuests'), cloud().world.all('sshKeys')]).toEqual([[], [kept]]);
  expect(await machineNames(old.store)).toEqual([]);
});
