import { expect, test } from '@jest/globals';
import digitalocean from '../../../src/drivers/digitalocean/index.ts';
import { newKeyedSite } from '../machines.ts';
import { newMachine, SMALL, useCloud, withMachine } from './cloud.ts';

const cloud = useCloud();

/** What was made of a kind. */
const all = (wanted: string) =>
  cloud()
    .world.made()
    .filter(({ kind }) => kind === wanted)
    .map(({ thing }) => thing);
const one = (wanted: string) => all(wanted)[0];

test('a droplet is as it should be, and its tag says whose it is', async () => {
  const values = { 'digitalocean-tags': 'web,db', 'digitalocean-ssh-user': 'ada', 'digitalocean-ipv6': true };
  await withMachine(values, async ({ made, keyOf, place, driver }) => {
    expect(Object.keys(made)).toEqual(['key', 'tag', 'firewall', 'droplet']);
    const tag = `slipway:${keyOf('tag')}:store:0123abcd:machine:${place.site.machine}:created:1795322902`;
    expect(made.tag).toBe(tag);
    expect(one('droplets')).toMatchObject({
      name: keyOf('droplet'),
      tags: [tag, 'web', 'db'],
      size_slug: 's-1vcpu-1gb',
    });
    expect(one('firewalls')).toMatchObject({ name: keyOf('firewall'), tags: [tag] });
    expect(driver().user).toBe('ada');
    const endpoint = await driver().endpoint(made);
    expect(endpoint?.names).toEqual(['2604:a880:800:14::42c3:d000', expect.stringMatching(/^127\./)]);
  });
  expect((await cloud().left()).sort()).toEqual(['tags db', 'tags web']); // the user's own
  for (const tag of all('tags')) cloud().world.drop('tags', tag);
});

test('what was asked for twice is there once', async () => {
  const machine = await newMachine({ 'digitalocean-vpc': 'own', 'digitalocean-reserved-ip': 'new' });
  await machine.make();
  const first = { ...machine.made };
  await machine.make();
  expect(machine.made).toEqual(first);
  expect(all('droplets')).toHaveLength(1);
  expect(all('reserved_ips')).toHaveLength(1);
  expect(one('vpcs')).toMatchObject({ name: machine.keyOf('vpc'), region: 'nyc3' });
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('a lost answer makes no second one: what was made is found', async () => {
  for (const what of ['POST /v2/account/keys', 'POST /v2/firewalls', 'POST /v2/droplets']) {
    const machine = await newMachine();
    cloud().intercept = (call, when) => (call.what === what && when === 'after' ? 'drop' : undefined);
    await expect(machine.make()).rejects.toMatchObject({ code: 'refused' });
    cloud().intercept = () => undefined;
    await machine.make();
    expect(all('droplets')).toHaveLength(1);
    expect(all('firewalls')).toHaveLength(1);
    await machine.destroy();
    expect(await cloud().left()).toEqual([]);
  }
});

test('what the user named is used, and stays as it was', async () => {
  const ip = cloud().giveAddress('nyc3');
  const vpc = { id: '5a4981aa-9653-4bd1-bef5-d6bff52042e4', name: 'prod', region: 'nyc3', ip_range: '10.0.0.0/20' };
  const key = { id: 512_189, fingerprint: `3b:16:e4${':bf'.repeat(13)}`, name: 'mine', public_key: 'ssh-ed25519 AAAA' };
  const things = [cloud().give('vpcs', vpc), cloud().give('ssh_keys', key)];
  const before = JSON.stringify([things, cloud().world.all('reserved_ips')]);
  const values = {
    'digitalocean-vpc': 'prod',
    'digitalocean-ssh-key-fingerprint': key.fingerprint,
    'digitalocean-reserved-ip': ip,
  };
  await withMachine(values, async ({ made, driver, keyOf }) => {
    expect(Object.keys(made)).toEqual(['tag', 'firewall', 'droplet', 'address']);
    expect(one('droplets')).toMatchObject({ vpc_uuid: vpc.id });
    expect((await driver().endpoint(made))?.host).toBe(ip);
    const address = driver().parts.find(({ kind }) => kind === 'address');
    expect(await address?.find(keyOf('address'))).toBe(ip);
    expect((await digitalocean.fleet?.survey(SMALL))?.map(({ kind }) => kind)).not.toContain('address');
  });
  expect(JSON.stringify([things, cloud().world.all('reserved_ips')])).toBe(before);
  expect(await cloud().left()).toEqual([]);
});

test('a machine that is all private is reached by its private address', async () => {
  await withMachine({ 'digitalocean-private-only': true }, async ({ made, driver }) => {
    const [address] = one('droplets')?.networks.v4 ?? [];
    expect(address).toMatchObject({ type: 'private' });
    expect(await driver().endpoint(made)).toMatchObject({ host: address.ip_address, names: [] });
  });
});

test('the firewall admits who may come in, and changes when that does', async () => {
  const open = [
    { port: 80, protocol: 'tcp' as const },
    { port: 53, protocol: 'udp' as const },
  ];
  const rules = () =>
    one('firewalls')?.inbound_rules.map(
      ({ ports, protocol, sources }: Record<string, { addresses: string[] }>) =>
        `${ports}/${protocol} ${sources?.addresses}`,
    );
  await withMachine(
    { 'digitalocean-ssh-port': 2222 },
    async ({ made, place }) => {
      expect(rules()).toEqual([
        '2222/tcp 192.0.2.7/32',
        '2376/tcp 192.0.2.7/32',
        '80/tcp 0.0.0.0/0,::/0',
        '53/udp 0.0.0.0/0,::/0',
      ]);
      const site = { ...place.site, ingress: { from: ['192.0.2.8/32'], engine: false, open: [] } };
      await digitalocean.driver(SMALL, site).admit?.(made);
      expect(rules()).toEqual(['22/tcp 192.0.2.8/32']);
      expect(one('firewalls')?.tags).toEqual([made.tag]);
      await digitalocean.driver(SMALL, { ...site, ingress: { ...site.ingress, from: [] } }).admit?.(made);
      expect(rules()).toEqual([]);
    },
    { open },
  );
});

test('a new end takes the place of the old one, in tags that go with the machine', async () => {
  const machine = await newMachine();
  const until = (expires: string) => {
    const labels = { ...machine.place.site.labels, 'slipway-expires': expires };
    return digitalocean.driver(SMALL, { ...machine.place.site, labels });
  };
  const made: Record<string, string> = {};
  for (const part of until('1795326502').parts) made[part.kind] = await part.create(machine.keyOf(part.kind), made);
  await until('1795330102').relabel?.(made);
  expect(all('tags').map(({ name }) => name)).toEqual([made.tag, `slipway:${machine.keyOf('tag')}:expires:1795330102`]);
  expect(one('droplets')?.tags).toEqual(one('firewalls')?.tags);
  for (const { kind, labels } of (await digitalocean.fleet?.survey(SMALL)) ?? []) {
    if (kind !== 'key') expect(labels['slipway-expires']).toBe('1795330102');
  }
  for (const part of [...until('1795330102').parts].reverse()) await part.destroy(made[part.kind] ?? '');
  expect(await cloud().left()).toEqual([]);
  await machine.place.remove();
});

test('the tag for its end goes with a machine though lists do not show it yet', async () => {
  const machine = await newMachine();
  const labels = { ...machine.place.site.labels, 'slipway-expires': '1795326502' };
  const tag = digitalocean.driver(SMALL, { ...machine.place.site, labels }).parts.find(({ kind }) => kind === 'tag');
  await cloud().lag(3000);
  const id = await tag?.create(machine.keyOf('tag'), {});
  await tag?.destroy(id ?? '');
  await cloud().lag(0);
  expect(await cloud().left()).toEqual([]);
  await machine.place.remove();
});

test('a droplet that was begun and given up is told, and leaves nothing', async () => {
  const machine = await newMachine();
  cloud().world.doomed = true;
  await expect(machine.make()).rejects.toMatchObject({ code: 'no-capacity' });
  cloud().world.doomed = false;
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('states of many are one list; a survey finds every part, and how to remove it', async () => {
  const machine = await newMachine({ 'digitalocean-vpc': 'own', 'digitalocean-reserved-ip': 'new' });
  await machine.make();
  const before = cloud().calls.length;
  expect(await digitalocean.fleet?.states(SMALL, [machine.made, {}, { droplet: '1' }])).toEqual([
    'Running',
    'Gone',
    'Gone',
  ]);
  expect(cloud().calls.length - before).toBe(1);
  const found = (await digitalocean.fleet?.survey(SMALL)) ?? [];
  expect(Object.fromEntries(found.map(({ kind, id }) => [kind, id]))).toEqual(machine.made);
  for (const { kind, labels } of found) expect(labels['slipway-key']).toBe(machine.keyOf(kind));
  for (const { kind, labels } of found) if (kind === 'droplet') expect(labels['slipway-store']).toBe('0123abcd');
  const { site, remove } = await newKeyedSite();
  const removable = digitalocean.fleet?.removable({}, site) ?? [];
  expect(removable.map(({ kind }) => kind)).toEqual(machine.driver().parts.map(({ kind }) => kind));
  for (const { kind, destroy } of [...removable].reverse()) await destroy(machine.made[kind] ?? '');
  expect(await cloud().left()).toEqual([]);
  await Promise.all([remove(), machine.place.remove()]);
});

test('a droplet that somebody deleted is gone, and so is all that was its', async () => {
  await withMachine({}, async ({ made, driver }) => {
    await cloud().vanish(made.droplet ?? '');
    expect(await driver().power?.state(made)).toBe('Gone');
    expect(await driver().endpoint(made)).toBeUndefined();
  });
  expect(await cloud().left()).toEqual([]);
});
