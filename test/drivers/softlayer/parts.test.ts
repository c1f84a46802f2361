import { expect, test } from '@jest/globals';
import softlayer from '../../../src/drivers/softlayer/index.ts';
import type { Kind, Thing } from '../../clouds/softlayer/world.ts';
import { newKeyedSite } from '../machines.ts';
import { newMachine, SMALL, useCloud, withMachine } from './cloud.ts';

const cloud = useCloud();

/** What was made of a kind. */
const one = (wanted: Kind) =>
  cloud()
    .world.made()
    .find(({ kind }) => kind === wanted)?.thing;
const NOTHING: Thing = { id: 0 };
const tags = () => one('virtualGuests')?.tagReferences.map(({ tag }: { tag: { name: string } }) => tag.name);

test('a virtual server is as it should be, and what is made says whose it is', async () => {
  const values = { 'softlayer-hostname': 'web', 'softlayer-ssh-user': 'ada', 'softlayer-disk-size': 25 };
  await withMachine(values, async ({ made, keyOf, place, driver }) => {
    expect(Object.keys(made)).toEqual(['key', 'security-group', 'guest']);
    const labels = ['slipway-store:0123abcd', `slipway-machine:${place.site.machine}`, 'slipway-created:1795322902'];
    expect(one('virtualGuests')).toMatchObject({
      hostname: 'web',
      domain: 'example.com',
      maxCpu: 1,
      maxMemory: 1024,
      hourlyBillingFlag: true,
      datacenter: { name: 'dal13' },
    });
    expect(tags()).toEqual([`slipway-key:${keyOf('guest')}`, ...labels]);
    expect(one('sshKeys')).toMatchObject({ label: keyOf('key'), notes: labels.join(' ') });
    expect(one('securityGroups')).toMatchObject({ name: keyOf('security-group'), description: labels.join(' ') });
    expect(driver().user).toBe('ada');
    const { primaryIpAddress: host, primaryBackendIpAddress: name } = one('virtualGuests') ?? NOTHING;
    expect(await driver().endpoint(made)).toMatchObject({ host, names: [name] });
    expect(await driver().parts.at(-1)?.find(keyOf('guest'))).toBe(made.guest);
  });
  expect(await cloud().left()).toEqual([]);
});

test('what was asked for twice is there once', async () => {
  const machine = await newMachine();
  await machine.make();
  const first = { ...machine.made };
  await machine.make();
  expect(machine.made).toEqual(first);
  expect(cloud().world.all('virtualGuests')).toHaveLength(1);
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('a lost answer makes no second one: what was made is found', async () => {
  const methods = ['Security_Ssh_Key', 'Network_SecurityGroup', 'Virtual_Guest'];
  for (const what of methods.map((service) => `POST /SoftLayer_${service}/createObject`)) {
    const machine = await newMachine();
    cloud().intercept = (call, when) => (call.what === what && when === 'after' ? 'drop' : undefined);
    await expect(machine.make()).rejects.toMatchObject({ code: 'refused' });
    cloud().intercept = () => undefined;
    await machine.make();
    expect(cloud().world.all('virtualGuests')).toHaveLength(1);
    expect(cloud().world.all('securityGroups')).toHaveLength(1);
    await machine.destroy();
    expect(await cloud().left()).toEqual([]);
  }
});

test('what the user named is used, and stays as it was', async () => {
  const key = cloud().give('sshKeys', { id: 100, label: 'mine', fingerprint: 'x', key: 'ssh-rsa AAAA' });
  const vlans = [1, 2].map((id) => cloud().give('networkVlans', { id, vlanNumber: 12 }));
  const before = JSON.stringify([key, vlans]);
  const values = {
    'softlayer-ssh-key': 'mine',
    'softlayer-public-vlan-id': 1,
    'softlayer-private-vlan-id': 2,
  };
  await withMachine(values, async ({ made }) => {
    expect(Object.keys(made)).toEqual(['security-group', 'guest']);
    const found = (await softlayer.fleet?.survey(SMALL)) ?? [];
    expect(found.map(({ kind }) => kind)).toEqual(['security-group', 'guest']);
  });
  expect(JSON.stringify([key, vlans])).toBe(before);
  expect(await cloud().left()).toEqual([]);
});

test('a machine that is all private, or is to be reached so, is reached by its private address', async () => {
  for (const flag of ['softlayer-private-net-only', 'softlayer-use-private-address']) {
    await withMachine({ [flag]: true }, async ({ made, driver }) => {
      const { primaryBackendIpAddress: host } = one('virtualGuests') ?? NOTHING;
      expect(await driver().endpoint(made)).toMatchObject({ host, names: [] });
    });
  }
});

test('the security group admits who may come in, and changes when that does', async () => {
  const open = [{ port: 53, protocol: 'udp' as const }];
  const rules = () =>
    one('securityGroups')
      ?.rules.filter(({ direction }: Thing) => direction === 'ingress')
      .map(({ protocol, portRangeMin, remoteIp }: Thing) => `${portRangeMin}/${protocol} ${remoteIp}`);
  await withMachine(
    { 'softlayer-ssh-port': 2222 },
    async ({ made, place }) => {
      expect(rules()).toEqual(['2222/tcp 192.0.2.7/32', '2376/tcp 192.0.2.7/32', '53/udp 0.0.0.0/0', '53/udp ::/0']);
      const from = ['192.0.2.8/32', '2001:db8::/64'];
      const site = { ...place.site, ingress: { from, engine: false, open: [] } };
      await softlayer.driver({ ...SMALL }, site).admit?.(made);
      expect(rules()).toEqual(['22/tcp 192.0.2.8/32', '22/tcp 2001:db8::/64']);
      expect(one('securityGroups')?.rules).toHaveLength(4);
    },
    { open },
  );
});

test('a new end takes the place of the old one', async () => {
  await withMachine({ 'softlayer-hostname': 'web' }, async ({ made, place, keyOf }) => {
    const labels = { ...place.site.labels, 'slipway-expires': '1795330102' };
    await softlayer.driver({ ...SMALL }, { ...place.site, labels }).relabel?.(made);
    expect(tags()).toEqual(expect.arrayContaining([`slipway-key:${keyOf('guest')}`, 'slipway-expires:1795330102']));
  });
});

test('states of many are one list; a survey finds every part, and how to remove it', async () => {
  const machine = await newMachine();
  await machine.make();
  const before = cloud().calls.length;
  const states = await softlayer.fleet?.states(SMALL, [machine.made, {}, { guest: '1' }]);
  expect(states).toEqual(['Running', 'Gone', 'Gone']);
  expect(cloud().calls.length - before).toBe(2); // the account's number, and the list
  const found = (await softlayer.fleet?.survey(SMALL)) ?? [];
  expect(Object.fromEntries(found.map(({ kind, id }) => [kind, id]))).toEqual(machine.made);
  for (const { kind, labels } of found) {
    expect(labels).toMatchObject({ 'slipway-store': '0123abcd', 'slipway-key': machine.keyOf(kind) });
  }
  expect(found.find(({ kind }) => kind === 'guest')?.where).toBe('dal13');
  const { site, remove } = await newKeyedSite();
  const removable = softlayer.fleet?.removable(SMALL, site) ?? [];
  expect(removable.map(({ kind }) => kind)).toEqual(machine.driver().parts.map(({ kind }) => kind));
  for (const { kind, destroy } of [...removable].reverse()) await destroy(machine.made[kind] ?? '');
  expect(await cloud().left()).toEqual([]);
  await Promise.all([remove(), machine.place.remove()]);
});

test('a list of many pages is read to its end', async () => {
  const there = Array.from({ length: 101 }, (_, n) =>
    cloud().give('sshKeys', { id: 5000 + n, label: `slipway-many-${n}`, fingerprint: `${n}`, key: 'k' }),
  );
  expect(await softlayer.fleet?.survey(SMALL)).toHaveLength(101);
  for (const thing of there) cloud().world.drop('sshKeys', thing);
});

test('a virtual server that somebody cancelled is gone, and so is all that was its', async () => {
  await withMachine({}, async ({ made, driver }) => {
    await cloud().vanish(made.guest ?? '');
    expect(await driver().power?.state(made)).toBe('Gone');
    expect(await driver().endpoint(made)).toBeUndefined();
  });
  expect(await cloud().left()).toEqual([]);
});
