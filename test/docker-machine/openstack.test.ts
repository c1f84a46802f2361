import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { lendCredentials } from '../../src/machine/credentials.ts';
import { driverOf, madeOf } from '../../src/machine/driving.ts';
import { list, stateOf } from '../../src/machine/list.ts';
import { remove } from '../../src/machine/remove.ts';
import { stop } from '../../src/machine/stop.ts';
import { machineNames, readMachine } from '../../src/store/machine.ts';
import { useCloud } from '../drivers/openstack/cloud.ts';
import { newOldStore, type OldStore, OPENSTACK, version3 } from './records.ts';

const cloud = useCloud();
let old: OldStore;

beforeEach(async () => {
  old = await newOldStore();
});

afterEach(() => old.remove());

/** What docker-machine made there, and its record. */
async function machine(name: string, more: object = {}): Promise<void> {
  const { ask } = cloud().client;
  const { keypair } = await ask('POST', 'compute', '/v2.1/os-keypairs', { keypair: { name: `${name}-0123abcd` } });
  const { flavors } = await ask('GET', 'compute', '/v2.1/flavors');
  const { images } = await ask('GET', 'image', '/v2/images?name=blank');
  const [FlavorId, ImageId] = [flavors.find((each: { name: string }) => each.name === 'm1.nano').id, images[0].id];
  const { networks } = await ask('GET', 'network', '/v2.0/networks?router:external=false');
  const body = { name, flavorRef: FlavorId, imageRef: ImageId, key_name: keypair.name };
  const wanted = { server: { ...body, networks: [{ uuid: networks[0].id }] } };
  const { server } = await ask('POST', 'compute', '/v2.1/servers', wanted);
  const { OS_AUTH_URL: AuthUrl, OS_USERNAME: Username, OS_PASSWORD: Password } = cloud().env;
  const who = { AuthUrl, Username, Password, TenantId: cloud().project, TenantName: cloud().env.OS_PROJECT_NAME };
  const made = { MachineId: server.id, KeyPairName: keypair.name, FlavorId, ImageId, FloatingIpPool: '' };
  await old.add(name, version3(name, 'openstack', { ...OPENSTACK, ...who, ...made, ...more }));
  while ((await stateOf(old.work, await readMachine(old.store, name))) !== 'Running') await delay(200);
}

test('server and key pair go by their ids, with the user and the password that the record keeps', async () => {
  await machine('web');
  await machine('other', { ExistingKey: true });
  process.env.OS_PASSWORD = 'of-somebody-else';
  await lendCredentials(old.work, ['web', 'other']);
  expect((await list(old.work, 20_000)).map(({ name, state }) => [name, state])).toEqual([
    ['other', 'Running'],
    ['web', 'Running'],
  ]);
  const web = await readMachine(old.store, 'web');
  const driver = await driverOf(old.work, web);
  expect(await driver.endpoint(madeOf(web))).toMatchObject({ sshUser: 'ubuntu', host: expect.stringMatching(/^\d/) });
  await stop(old.work, 'web');
  expect(await stateOf(old.work, web)).toBe('Stopped');
  await driver.power?.start(madeOf(web));
  await remove(old.work, { name: 'web' });
  await remove(old.work, { name: 'other' });
  expect(await cloud().left()).toEqual(['keypair other-0123abcd']);
  expect(await machineNames(old.store)).toEqual([]);
});
