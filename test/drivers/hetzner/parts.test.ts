import { gunzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import hetzner from '../../../src/drivers/hetzner/index.ts';
import { newSite } from '../site.ts';
import { newMachine, SMALL, useCloud, withMachine } from './cloud.ts';

const cloud = useCloud();
/** What was made of a kind. */
const one = (wanted: string) =>
  cloud()
    .world.made()
    .find(({ kind }) => kind === wanted)?.thing;

test('a server is as it should be, and all that is made bears its labels', async () => {
  const values = {
    'hetzner-server-label': ['team=blue'],
    'hetzner-key-label': ['who=me'],
    'hetzner-ssh-user': 'ada',
    'hetzner-networks': ['own'],
    'hetzner-auto-spread': true,
  };
  await withMachine(values, async ({ made, keyOf, place, driver }) => {
    expect(Object.keys(made)).toEqual(['key', 'network', 'placement-group', 'firewall', 'server']);
    const own = { 'slipway-store': '0123abcd', 'slipway-machine': place.site.machine.replace(/[^a-z0-9]+$/, '') };
    expect(one('servers')).toMatchObject({
      name: keyOf('server'),
      labels: { ...own, team: 'blue', 'slipway-key': keyOf('server') },
      location: { name: 'fsn1' },
      image: { name: 'debian-12', architecture: 'x86' },
      placement_group: { id: Number(made['placement-group']) },
      private_net: [{ network: Number(made.network) }],
    });
    expect(one('servers')?.public_net.firewalls).toEqual([{ id: Number(made.firewall), status: 'applied' }]);
    expect(one('ssh_keys')?.labels).toMatchObject({ ...own, who: 'me', 'slipway-key': keyOf('key') });
    expect(one('networks')?.labels).toEqual({
      'slipway-store': '0123abcd',
      'slipway-created': '1795322902',
      'slipway-key': keyOf('network'),
    });
    expect(driver().user).toBe('ada');
    const shared = driver().parts.filter((part) => part.shared !== undefined);
    for (const part of shared) expect(part.shared).toMatch(/^[a-z0-9-]{1,46}$/);
  });
  expect(await cloud().left()).toEqual([]);
});

test('what was asked for twice is there once', async () => {
  const machine = await newMachine({ 'hetzner-networks': ['own'], 'hetzner-auto-spread': true });
  await machine.make();
  const first = { ...machine.made };
  await machine.make();
  expect(machine.made).toEqual(first);
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('a lost answer makes no second one', async () => {
  const lost = new Set<string>();
  cloud().intercept = ({ what, reads }, when) => {
    if (when !== 'after' || reads || lost.has(what)) return undefined;
    lost.add(what);
    return 'drop';
  };
  await withMachine({}, async () => {
    expect([...lost]).toEqual(['POST /ssh_keys', 'POST /firewalls', 'POST /servers']);
    expect(cloud().world.all('servers')).toHaveLength(1);
  });
  expect(await cloud().left()).toEqual([]);
});

test('a name that is somebody else’s is not taken for ours', async () => {
  const machine = await newMachine();
  const theirs = cloud().give('firewalls', { name: machine.keyOf('firewall'), rules: [], applied_to: [] });
  const part = machine.driver().parts.find(({ kind }) => kind === 'firewall');
  await expect(part?.create(machine.keyOf('firewall'), {})).rejects.toMatchObject({ code: 'exists' });
  await machine.destroy();
  expect(cloud().world.all('firewalls')).toEqual([theirs]);
  cloud().world.drop('firewalls', theirs);
});

test('what the user named is used, and stays as it was', async () => {
  const things = [
    cloud().give('ssh_keys', { name: 'mine', fingerprint: '00', public_key: 'ssh-ed25519 AAAA' }),
    cloud().give('firewalls', { name: 'web', rules: [], applied_to: [] }),
    cloud().give('volumes', volume('data')),
    cloud().give('placement_groups', { name: 'apart', type: 'spread', servers: [] }),
    cloud().give('networks', {
      name: 'prod',
      ip_range: '10.0.0.0/16',
      subnets: [{ network_zone: 'eu-central', type: 'cloud', ip_range: '10.0.0.0/24', gateway: '10.0.0.1' }],
      servers: [],
      routes: [],
      expose_routes_to_vswitch: false,
      protection: { delete: false },
    }),
    cloud().givePrimary('front', 'ipv4', 'fsn1'),
  ];
  const before = JSON.stringify(things);
  const values = {
    'hetzner-existing-key-id': 'mine',
    'hetzner-firewalls': ['web'],
    'hetzner-volumes': ['data'],
    'hetzner-placement-group': 'apart',
    'hetzner-networks': ['prod'],
    'hetzner-primary-ipv4': 'front',
    'hetzner-use-private-network': true,
  };
  const [, web, data, apart, prod, front] = things;
  for (const named of ['front', String(front?.id), front?.ip]) {
    await withMachine({ ...values, 'hetzner-primary-ipv4': named }, async ({ made, driver }) => {
      expect(Object.keys(made)).toEqual(['firewall', 'server']);
      expect(one('servers')).toMatchObject({ public_net: { ipv4: { ip: front?.ip } }, volumes: [data?.id] });
      expect(apart?.servers).toEqual([Number(made.server)]);
      expect(prod?.servers).toEqual([Number(made.server)]);
      expect(web?.applied_to).toHaveLength(1);
      expect(await driver().endpoint(made)).toMatchObject({ host: one('servers')?.private_net[0].ip, names: [] });
    });
    expect(JSON.stringify(things)).toBe(before);
  }
  expect(await cloud().left()).toEqual([]);
});

function volume(name: string) {
  const location = {
    id: 1,
    name: 'fsn1',
    network_zone: 'eu-central',
    city: '',
    country: '',
    description: '',
    latitude: 0,
    longitude: 0,
  };
  const rest = { size: 10, linux_device: '/dev/x', format: null, status: 'available', protection: { delete: false } };
  return { name, location, server: null, ...rest };
}

test('a machine that is all private has neither firewall nor public address', async () => {
  const values = { 'hetzner-disable-public': true, 'hetzner-networks': ['own'] };
  await withMachine(values, async ({ made, driver }) => {
    expect(Object.keys(made)).toEqual(['key', 'network', 'server']);
    expect(one('servers')?.public_net).toMatchObject({ ipv4: null, ipv6: null });
    expect((await driver().endpoint(made))?.host).toBe(one('servers')?.private_net[0].ip);
    await driver().admit?.(made);
  });
});

test('without IPv4 it is reached by IPv6', async () => {
  await withMachine({ 'hetzner-disable-public-ipv4': true }, async ({ made, driver }) => {
    expect((await driver().endpoint(made))?.host).toMatch(/^2001:db8:[0-9a-f]+::1$/);
  });
});

test('the firewall admits who may come in, and changes when that does', async () => {
  const open = [
    { port: 80, protocol: 'tcp' as const },
    { port: 53, protocol: 'udp' as const },
  ];
  await withMachine(
    { 'hetzner-ssh-port': 2222 },
    async ({ made, place }) => {
      const rules = () =>
        one('firewalls')?.rules.map(
          (rule: Record<string, unknown>) => `${rule.port}/${rule.protocol} ${rule.source_ips}`,
        );
      expect(rules()).toEqual([
        '2222/tcp 192.0.2.7/32',
        '2376/tcp 192.0.2.7/32',
        '80/tcp 0.0.0.0/0,::/0',
        '53/udp 0.0.0.0/0,::/0',
      ]);
      const site = { ...place.site, ingress: { from: ['192.0.2.8/32', '2001:db8::/64'], engine: false, open: [] } };
      await hetzner.driver(SMALL, site).admit?.(made);
      expect(rules()).toEqual(['22/tcp 192.0.2.8/32,2001:db8::/64']);
      await hetzner.driver(SMALL, { ...site, ingress: { ...site.ingress, from: [] } }).admit?.(made);
      expect(rules()).toEqual([]);
    },
    { open },
  );
});

test('a new end is told to all that ends with the machine', async () => {
  await withMachine({ 'hetzner-networks': ['own'] }, async ({ made, place }) => {
    const labels = { ...place.site.labels, 'slipway-expires': '1795326502' };
    await hetzner.driver(SMALL, { ...place.site, labels }).relabel?.(made);
    for (const kind of ['ssh_keys', 'firewalls', 'servers'] as const) {
      expect(one(kind)?.labels).toMatchObject({ 'slipway-expires': '1795326502', 'slipway-store': '0123abcd' });
    }
    expect(one('networks')?.labels['slipway-expires']).toBeUndefined();
  });
});

test('the image follows the processor of the type', async () => {
  await withMachine({ 'hetzner-server-type': 'cax11' }, async () => {
    expect(one('servers')?.image).toMatchObject({ name: 'debian-12', architecture: 'arm' });
  });
});

test('long user data is packed, and what is too long even so gets a sentence', async () => {
  const make = async (userData: string) => {
    const { site } = await newSite({ bootstrap: { userData, user: 'slipway', publicKey: 'ssh-ed25519 AAAA' } });
    return hetzner.driver({ ...SMALL, 'hetzner-existing-key-id': 'k' }, site);
  };
  const { userDataOf } = await import('../../../src/drivers/hetzner/server.ts');
  const long = `#cloud-config\n# ${'0123456789'.repeat(10_000)}\n`;
  expect(gunzipSync(Buffer.from(userDataOf(long), 'base64')).toString()).toBe(long);
  const longer = `#cloud-config\n# ${Array.from({ length: 6000 }, () => Math.random()).join()}\n`;
  await expect((await make(longer)).check?.()).rejects.toMatchObject({ code: 'bad-input' });
});

test('a server that somebody deleted is gone, and so is all that was its', async () => {
  await withMachine({}, async ({ made, driver }) => {
    await cloud().vanish(made.server ?? '');
    expect(await driver().power?.state(made)).toBe('Gone');
    expect(await driver().endpoint(made)).toBeUndefined();
  });
  expect(await cloud().left()).toEqual([]);
});
