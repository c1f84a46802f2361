import { gunzipSync } from 'node:zlib';
import type { compute_v1 } from '@googleapis/compute/build/v1.js';
import { expect, test } from '@jest/globals';
import google from '../../../src/drivers/google/index.ts';
import { newSite } from '../site.ts';
import { newMachine, SMALL, useCloud, withMachine } from './cloud.ts';

type Instance = compute_v1.Schema$Instance;

const cloud = useCloud();
const things = (collection: string) => cloud().world.all(new RegExp(`/${collection}/slipway-[^/]+$`));
const instanceOf = (name: string) => cloud().world.all(new RegExp(`/instances/${name}$`))[0] as unknown as Instance;

test('a machine has a rule, a guard, and an instance, each findable by its key', async () => {
  await withMachine({}, async ({ made, keyOf, driver }) => {
    expect(driver().parts.map(({ kind }) => kind)).toEqual(['guard', 'firewall', 'instance']);
    expect(made).toEqual({
      guard: `projects/slipway-test/global/firewalls/${keyOf('guard')}`,
      firewall: `projects/slipway-test/global/firewalls/${keyOf('firewall')}`,
      instance: `projects/slipway-test/zones/us-central1-a/instances/${keyOf('instance')}`,
    });
  });
  expect(await cloud().left()).toEqual([]);
});

test('an instance is as it should be', async () => {
  const ours = { 'google-labels': 'team=blue', 'google-tags': 'web, db', 'google-username': 'ada' };
  await withMachine(ours, async ({ keyOf, place, driver }) => {
    const instance = instanceOf(keyOf('instance'));
    const labels = { team: 'blue', 'slipway-key': keyOf('instance'), 'slipway-store': '0123abcd' };
    expect(instance.labels).toMatchObject({ ...labels, 'slipway-machine': place.site.machine });
    expect(instance.tags?.items).toEqual([keyOf('guard'), keyOf('firewall'), 'web', 'db']);
    expect(instance.serviceAccounts).toBeUndefined();
    expect(instance.metadata?.items).toEqual([
      { key: 'user-data', value: '#cloud-config\n{}\n' },
      { key: 'block-project-ssh-keys', value: 'TRUE' },
    ]);
    expect(instance.shieldedInstanceConfig).toMatchObject({ enableSecureBoot: true, enableVtpm: true });
    expect(instance.disks?.[0]).toMatchObject({ autoDelete: true, boot: true });
    expect(things('disks')[0]).toMatchObject({ name: keyOf('instance'), sizeGb: '10', labels });
    expect(driver().user).toBe('ada');
  });
});

test('what was asked for twice is there once', async () => {
  const machine = await newMachine({ 'google-network': 'own', 'google-static-address': true });
  try {
    await machine.make();
    const first = { ...machine.made };
    await machine.make();
    expect(machine.made).toEqual(first);
    expect((await cloud().left()).length).toBe(6);
  } finally {
    await machine.destroy();
  }
  expect(await cloud().left()).toEqual([]);
});

test('a lost answer makes no second one', async () => {
  const lost = new Set<string>();
  cloud().intercept = ({ what }, when) => {
    if (when !== 'after' || !what.endsWith('.insert') || lost.has(what)) return undefined;
    lost.add(what);
    return 'drop';
  };
  await withMachine({}, async () => {
    expect(lost).toEqual(new Set(['firewalls.insert', 'instances.insert']));
    expect(things('instances').length).toBe(1);
    expect(things('disks').length).toBe(1);
    expect(things('firewalls').length).toBe(2);
  });
});

test('a name that is somebody else’s is not taken for ours', async () => {
  const machine = await newMachine();
  const name = machine.keyOf('firewall');
  const path = `projects/slipway-test/global/firewalls/${name}`;
  const network = `${cloud().world.root}projects/slipway-test/global/networks/default`;
  cloud().give(path, 'firewall', { network, allowed: [{ IPProtocol: 'tcp' }], description: 'mine' });
  const part = machine.driver().parts.find(({ kind }) => kind === 'firewall');
  await expect(part?.create(name, {})).rejects.toMatchObject({ code: 'exists' });
  cloud().world.hide(path);
  await machine.destroy();
});

test('a machine that somebody deleted in the console is gone, and so is all that was its', async () => {
  await withMachine({}, async ({ made, keyOf, driver }) => {
    cloud().vanish(keyOf('instance'));
    expect(await driver().power?.state(made)).toBe('Gone');
    expect(await driver().endpoint(made)).toBeUndefined();
  });
  expect(await cloud().left()).toEqual([]);
});

test('a disk that was kept when its instance went is found, and removed', async () => {
  await withMachine({}, async ({ made, keyOf, driver }) => {
    cloud().vanish(keyOf('instance'), true);
    expect(await cloud().left()).toContain(`disk ${keyOf('instance')} (READY)`);
    const part = driver().parts.at(-1);
    expect(await part?.find(keyOf('instance'))).toBe(made.instance);
  });
  expect(await cloud().left()).toEqual([]);
});

test('a network waits until the last that uses it has gone', async () => {
  const machine = await newMachine({ 'google-network': 'own' });
  await machine.make();
  const [network, ...others] = machine.driver().parts;
  const removed = network?.destroy(machine.made.network ?? '');
  for (const part of others.reverse()) await part.destroy(machine.made[part.kind] ?? '');
  await removed;
  expect(await cloud().left()).toEqual([]);
  await machine.place.remove();
});

test('what machines share bears no machine’s name and does not expire', async () => {
  await withMachine({ 'google-network': 'own' }, async ({ driver, keyOf }) => {
    const shared = driver().parts.filter((part) => part.shared !== undefined);
    expect(shared.map(({ kind }) => kind)).toEqual(['network', 'guard']);
    for (const part of shared) expect(part.shared).toMatch(/^[a-z0-9-]{1,46}$/);
    const [network] = things('networks');
    expect(JSON.parse(String(network?.description))).toEqual({
      'slipway-store': '0123abcd',
      'slipway-created': '1795322902',
      'slipway-key': keyOf('network'),
    });
  });
});

test('machines of one network have one guard, those of two have two', async () => {
  const guardOf = async (values: object) => {
    const { site, remove } = await newSite();
    await remove();
    return google.driver({ ...SMALL, ...values }, site).parts.find(({ kind }) => kind === 'guard')?.shared;
  };
  expect(await guardOf({})).toBe(await guardOf({ 'google-zone': 'europe-west1-b' }));
  expect(await guardOf({})).not.toBe(await guardOf({ 'google-network': 'own' }));
});

test('long user data is compressed', async () => {
  const userData = `#cloud-config\n# ${'0123456789'.repeat(40_000)}\n`;
  const place = await newSite({ bootstrap: { userData, user: 'slipway', publicKey: 'ssh-ed25519 AAAA' } });
  const driver = google.driver(SMALL, place.site);
  const made: Record<string, string> = {};
  for (const part of driver.parts) made[part.kind] = await part.create(`slipway-long-${part.kind}`, made);
  const items = instanceOf('slipway-long-instance').metadata?.items ?? [];
  expect(items.find(({ key }) => key === 'user-data-encoding')?.value).toBe('base64');
  const value = items.find(({ key }) => key === 'user-data')?.value ?? '';
  expect(gunzipSync(Buffer.from(value, 'base64')).toString()).toBe(userData);
  for (const part of [...driver.parts].reverse()) await part.destroy(made[part.kind] ?? '');
  await place.remove();
});

test('user data that is too long even so gets a sentence before anything is made', async () => {
  const userData = `#cloud-config\n# ${Array.from({ length: 60_000 }, () => Math.random()).join()}\n`;
  const place = await newSite({ bootstrap: { userData, user: 'slipway', publicKey: 'ssh-ed25519 AAAA' } });
  await expect(google.driver(SMALL, place.site).check?.()).rejects.toMatchObject({ code: 'bad-input' });
  await place.remove();
});

test('spot, disk, key, account and boot are as the flags say', async () => {
  const values = {
    'google-spot': true,
    'google-machine-type': 'n4-standard-2',
    'google-disk-kms-key': 'projects/p/locations/us-central1/keyRings/r/cryptoKeys/k',
    'google-service-account': 'default',
    'google-no-secure-boot': true,
  };
  await withMachine(values, async ({ keyOf }) => {
    const instance = instanceOf(keyOf('instance'));
    expect(instance.scheduling).toEqual({
      provisioningModel: 'SPOT',
      instanceTerminationAction: 'DELETE',
      automaticRestart: false,
      onHostMaintenance: 'TERMINATE',
    });
    expect(instance.disks?.[0]?.diskEncryptionKey).toEqual({ kmsKeyName: values['google-disk-kms-key'] });
    expect(things('disks')[0]?.type).toMatch(/hyperdisk-balanced$/);
    expect(instance.serviceAccounts?.[0]?.email).toBe('default');
    expect(instance.shieldedInstanceConfig?.enableSecureBoot).toBe(false);
  });
});

test('the image follows the architecture of the type', async () => {
  const values = { 'google-machine-type': 't2a-standard-1' };
  await withMachine(values, async () => {
    expect(things('disks')[0]?.sourceImage).toMatch(/ubuntu-2404-noble-arm64-v20261104$/);
  });
});
