import { expect, test } from '@jest/globals';
import ibm from '../../../src/drivers/ibm/index.ts';
import type { Kind } from '../../clouds/ibm/world.ts';
import { newKeyedSite } from '../machines.ts';
import { newMachine, SMALL, useCloud, withMachine } from './cloud.ts';

const cloud = useCloud();

/** What was made of a kind. */
const one = (wanted: Kind) =>
  cloud()
    .world.made()
    .find(({ kind }) => kind === wanted)?.thing;

test('an instance is as it should be, and its disk says whose it is', async () => {
  await withMachine({ 'ibm-ssh-user': 'ada', 'ibm-disk-size': 120 }, async ({ made, keyOf, place, driver }) => {
    expect(Object.keys(made)).toEqual(['key', 'security-group', 'instance', 'address']);
    expect(one('instances')).toMatchObject({ name: keyOf('instance'), zone: { name: 'us-south-1' } });
    expect(one('volumes')).toMatchObject({
      name: keyOf('instance'),
      capacity: 120,
      user_tags: [
        'slipway',
        'slipway-store:0123abcd',
        `slipway-machine:${place.site.machine}`,
        'slipway-created:1795322902',
      ],
    });
    expect(one('keys')).toMatchObject({ name: keyOf('key'), type: 'ed25519' });
    const address = one('floating_ips');
    expect(address?.name).toBe(keyOf('address'));
    expect(driver().user).toBe('ada');
    const endpoint = await driver().endpoint(made);
    expect(endpoint).toMatchObject({ host: address?.address, names: [expect.stringMatching(/^127\./)] });
  });
  expect(await cloud().left()).toEqual([]);
});

test('what was asked for twice is there once', async () => {
  const machine = await newMachine();
  await machine.make();
  const first = { ...machine.made };
  await machine.make();
  expect(machine.made).toEqual(first);
  expect(cloud().world.all('instances')).toHaveLength(1);
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('a lost answer makes no second one, also while lists do not show the first yet', async () => {
  for (const lag of [0, 300]) {
    await cloud().lag(lag);
    const lost = new Set<string>();
    cloud().intercept = ({ what, reads }, when) => {
      if (when !== 'after' || reads || lost.has(what)) return undefined;
      lost.add(what);
      return 'drop';
    };
    await withMachine({}, async () => {
      expect([...lost]).toEqual([
        'POST /v1/keys',
        'POST /v1/security_groups',
        'POST /v1/instances',
        'POST /v1/floating_ips',
      ]);
      expect(cloud().world.all('instances')).toHaveLength(1);
      cloud().intercept = () => undefined;
    });
    await cloud().lag(0);
    expect(await cloud().left()).toEqual([]);
  }
});

test('what the user named is used, and stays as it was', async () => {
  const vpc = cloud().giveVpc('prod', ['us-south-2']);
  const vpcReference = cloud().world.filled('VPCReference', { id: vpc.id, name: 'prod' });
  const address = cloud().giveAddress('front', 'us-south-2');
  const key = cloud().give('keys', { id: 'r006-k', name: 'mine', fingerprint: 'SHA256:x', public_key: 'ssh-rsa AAAA' });
  const group = cloud().give('security_groups', { id: 'r006-g', name: 'web', vpc: vpcReference, rules: [] });
  const things = [vpc, address, key, group, ...cloud().world.all('subnets')];
  const before = JSON.stringify(things);
  const values = {
    'ibm-zone': '',
    'ibm-subnet': 'prod-us-south-2',
    'ibm-ssh-key': 'mine',
    'ibm-security-groups': ['web'],
    'ibm-floating-ip': 'front',
  };
  await withMachine(values, async ({ made, driver }) => {
    expect(Object.keys(made)).toEqual(['security-group', 'instance']);
    expect(one('instances')).toMatchObject({ zone: { name: 'us-south-2' }, vpc: { name: 'prod' } });
    expect((await driver().endpoint(made))?.host).toBe(address.address);
    expect((await ibm.fleet?.survey(SMALL))?.map(({ kind }) => kind)).toEqual(['security-group', 'instance']);
  });
  expect(JSON.stringify(things)).toBe(before);
  expect(await cloud().left()).toEqual([]);
  for (const subnet of cloud().world.all('subnets')) {
    if (subnet.vpc.id === vpc.id) cloud().world.drop('subnets', subnet);
  }
});

test('a machine that is all private is reached by its private address', async () => {
  await withMachine({ 'ibm-private-only': true }, async ({ made, driver }) => {
    expect(Object.keys(made)).toEqual(['key', 'security-group', 'instance']);
    const { address } = one('instances')?.primary_network_interface.primary_ip ?? {};
    expect(await driver().endpoint(made)).toMatchObject({ host: address, names: [] });
  });
});

const rules = () =>
  one('security_groups')
    ?.rules.filter(({ direction }: { direction: string }) => direction === 'inbound')
    .map(
      ({ protocol, port_min, remote }: { protocol: string; port_min: number; remote: { cidr_block: string } }) =>
        `${port_min}/${protocol} ${remote.cidr_block}`,
    );

test('the security group admits who may come in, and changes when that does', async () => {
  const open = [
    { port: 80, protocol: 'tcp' as const },
    { port: 53, protocol: 'udp' as const },
  ];
  await withMachine(
    { 'ibm-ssh-port': 2222 },
    async ({ made, place }) => {
      expect(rules()).toEqual([
        '2222/tcp 192.0.2.7/32',
        '2376/tcp 192.0.2.7/32',
        '80/tcp 0.0.0.0/0',
        '53/udp 0.0.0.0/0',
      ]);
      const from = ['192.0.2.8/32', '2001:db8::/64'];
      const site = { ...place.site, ingress: { from, engine: false, open: [] } };
      await ibm.driver(SMALL, site).admit?.(made);
      expect(rules()).toEqual(['22/tcp 192.0.2.8/32']);
      await ibm.driver(SMALL, { ...site, ingress: { ...site.ingress, from: [] } }).admit?.(made);
      expect(rules()).toEqual([]);
      expect(one('security_groups')?.rules.map(({ name }: { name: string }) => name)).toEqual([
        'out-tcp',
        'out-udp',
        'out-icmp',
      ]);
    },
    { open },
  );
});

test('a new end takes the place of the old one, and nothing else changes', async () => {
  const machine = await newMachine();
  const until = (expires: string) => {
    const labels = { ...machine.place.site.labels, 'slipway-expires': expires };
    return ibm.driver(SMALL, { ...machine.place.site, labels });
  };
  const made: Record<string, string> = {};
  for (const part of until('1795326502').parts) made[part.kind] = await part.create(machine.keyOf(part.kind), made);
  const endNow = async () => {
    const found = (await ibm.fleet?.survey(SMALL)) ?? [];
    return found.flatMap(({ labels }) => labels['slipway-expires'] ?? []);
  };
  expect(await endNow()).toEqual(['1795326502']);
  const before = rules();
  await until('1795330102').relabel?.(made);
  expect(await endNow()).toEqual(['1795330102']);
  expect(rules()).toEqual(before);
  for (const part of [...until('1795330102').parts].reverse()) await part.destroy(made[part.kind] ?? '');
  expect(await cloud().left()).toEqual([]);
  await machine.place.remove();
});

test('states of many are one list; a survey finds every part, and how to remove it', async () => {
  const machine = await newMachine();
  await machine.make();
  const before = cloud().calls.length;
  expect(await ibm.fleet?.states(SMALL, [machine.made, {}, { instance: '0717-1' }])).toEqual([
    'Running',
    'Gone',
    'Gone',
  ]);
  const asked = cloud().calls.slice(before);
  expect(asked.map(({ what }) => what)).toEqual(['POST /identity/token', 'GET /v1/instances']);
  const found = (await ibm.fleet?.survey(SMALL)) ?? [];
  expect(Object.fromEntries(found.map(({ kind, id }) => [kind, id]))).toEqual(machine.made);
  for (const { kind, labels, where } of found) {
    expect(labels['slipway-key']).toBe(machine.keyOf(kind));
    if (kind !== 'instance') continue;
    expect({ store: labels['slipway-store'], where }).toEqual({ store: '0123abcd', where: 'us-south-1' });
  }
  const { site, remove } = await newKeyedSite();
  const removable = ibm.fleet?.removable({}, site) ?? [];
  expect(removable.map(({ kind }) => kind)).toEqual(machine.driver().parts.map(({ kind }) => kind));
  for (const { kind, destroy } of [...removable].reverse()) await destroy(machine.made[kind] ?? '');
  expect(await cloud().left()).toEqual([]);
  expect(await ibm.fleet?.survey(SMALL)).toEqual([]);
  await Promise.all([remove(), machine.place.remove()]);
});

test('a list of many pages is read to its end', async () => {
  const there = Array.from({ length: 101 }, (_, n) =>
    cloud().give('keys', { id: `r006-${n}`, name: `slipway-many-${n}`, fingerprint: `${n}`, public_key: 'k' }),
  );
  expect(await ibm.fleet?.survey(SMALL)).toHaveLength(101);
  for (const thing of there) cloud().world.drop('keys', thing);
});

test('an instance that somebody deleted is gone, and so is all that was its', async () => {
  await withMachine({}, async ({ made, driver }) => {
    await cloud().vanish(made.instance ?? '');
    expect(await driver().power?.state(made)).toBe('Gone');
    expect(await driver().endpoint(made)).toBeUndefined();
  });
  expect(await cloud().left()).toEqual([]);
});
