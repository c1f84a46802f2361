import { gunzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import openstack from '../../../src/drivers/openstack/index.ts';
import { userDataOf } from '../../../src/drivers/openstack/server.ts';
import { newMachine, SMALL, useCloud, withMachine } from './cloud.ts';

const cloud = useCloud();

const server = async (id = '') => (await cloud().client.ask('GET', 'compute', `/v2.1/servers/${id}`)).server;
const group = async (id = '') =>
  (await cloud().client.ask('GET', 'network', `/v2.0/security-groups/${id}`)).security_group;
const floating = async (id = '') => (await cloud().client.ask('GET', 'network', `/v2.0/floatingips/${id}`)).floatingip;

/** What comes in, as a person would say it. */
async function rulesOf(id = ''): Promise<string[]> {
  const rules = (await group(id)).security_group_rules as Record<string, unknown>[];
  const ingress = rules.filter(({ direction }) => direction === 'ingress');
  return ingress.map((rule) => `${rule.port_range_min}/${rule.protocol} ${rule.remote_ip_prefix}`).sort();
}

test('a server is as it should be, and all that is made bears its labels', async () => {
  const values = {
    'openstack-metadata': 'team,blue',
    'openstack-ssh-user': 'ada',
    'openstack-config-drive': true,
    'openstack-availability-zone': 'nova',
  };
  await withMachine(values, async ({ made, keyOf, place, driver }) => {
    expect(Object.keys(made)).toEqual(['keypair', 'security-group', 'server', 'address']);
    const own = { 'slipway-store': '0123abcd', 'slipway-machine': place.site.machine };
    expect(await server(made.server)).toMatchObject({
      name: keyOf('server'),
      metadata: { ...own, team: 'blue', 'slipway-key': keyOf('server') },
      key_name: made.keypair,
      config_drive: 'True',
      security_groups: [{ name: keyOf('security-group') }],
      status: 'ACTIVE',
    });
    for (const [thing, kind] of [
      [await group(made['security-group']), 'security-group'],
      [await floating(made.address), 'address'],
    ] as const) {
      expect(thing.description).toContain(`slipway-key=${keyOf(kind)}`);
      expect(thing.description).toContain('slipway-store=0123abcd');
    }
    const endpoint = await driver().endpoint(made);
    expect(endpoint?.host).toBe((await floating(made.address)).floating_ip_address);
    expect(endpoint?.names).toContainEqual(expect.stringMatching(/^10\.77\./));
    expect(driver().user).toBe('ada');
    expect(await driver().console?.(made)).toMatch(/FAKE/);
  });
  expect(await cloud().left()).toEqual([]);
});

test('what was asked for twice is there once, also when answers were lost', async () => {
  const lost = new Set<string>();
  cloud().intercept = ({ what, reads }, when) => {
    if (when !== 'after' || reads || lost.has(what)) return undefined;
    lost.add(what);
    return 'drop';
  };
  const machine = await newMachine();
  for (const part of machine.driver().parts) {
    const make = () => part.create(machine.keyOf(part.kind), machine.made);
    const tried = await make().catch(() => undefined);
    machine.made[part.kind] = tried ?? (await make().catch(make));
  }
  expect([...lost]).toEqual([
    'POST /v2.1/os-keypairs',
    'POST /v2.0/security-groups',
    'POST /v2.0/security-group-rules',
    'POST /v2.1/servers',
    'POST /v2.0/floatingips',
  ]);
  expect(await rulesOf(machine.made['security-group'])).toHaveLength(2);
  expect((await cloud().left()).map((each) => each.split(' ')[0])).toEqual([
    'server',
    'keypair',
    'security-group',
    'address',
  ]);
  cloud().intercept = () => undefined;
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('what the user named is used, and stays as it was', async () => {
  const { ask } = cloud().client;
  const mine = await ask('POST', 'compute', '/v2.1/os-keypairs', { keypair: { name: 'mine' } });
  const web = await ask('POST', 'network', '/v2.0/security-groups', { security_group: { name: 'web' } });
  const apart = await ask('POST', 'compute', '/v2.1/os-server-groups', {
    server_group: { name: 'apart', policies: ['anti-affinity'] },
  });
  const networks = (await ask('GET', 'network', '/v2.0/networks')).networks as { id: string; name: string }[];
  const pool = networks.find(({ name }) => name === 'public')?.id;
  const front = await ask('POST', 'network', '/v2.0/floatingips', { floatingip: { floating_network_id: pool } });
  const ip = front.floatingip.floating_ip_address;
  const values = {
    'openstack-floatingip-pool': '',
    'openstack-keypair-name': 'mine',
    'openstack-private-key-file': '/home/ada/key',
    'openstack-sec-groups': 'web',
    'openstack-server-group': 'apart',
    'openstack-floatingip': ip,
    'openstack-net-name': 'private',
  };
  await withMachine(values, async ({ made, driver }) => {
    expect(Object.keys(made)).toEqual(['security-group', 'server', 'lent-address']);
    const names = (await server(made.server)).security_groups.map(({ name }: { name: string }) => name);
    expect(names).toContain('web');
    const members = await ask('GET', 'compute', `/v2.1/os-server-groups/${apart.server_group.id}`);
    expect(members.server_group.members).toEqual([made.server]);
    expect(driver().key).toBe('/home/ada/key');
    expect(await driver().endpoint(made)).toMatchObject({ host: ip, identity: { file: '/home/ada/key' } });
    const [, , lent] = driver().parts;
    expect(await lent?.find((await server(made.server)).metadata['slipway-address'])).toBe(made['lent-address']);
    await expect(driver().check?.()).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining(ip) });
  });
  const after = await floating(front.floatingip.id);
  expect(after).toMatchObject({ port_id: null, floating_ip_address: ip, description: '' });
  expect((await group(web.security_group.id)).security_group_rules).toHaveLength(2);
  await ask('DELETE', 'network', `/v2.0/floatingips/${front.floatingip.id}`);
  await ask('DELETE', 'network', `/v2.0/security-groups/${web.security_group.id}`);
  await ask('DELETE', 'compute', `/v2.1/os-server-groups/${apart.server_group.id}`);
  await ask('DELETE', 'compute', `/v2.1/os-keypairs/${mine.keypair.name}`);
  expect(await cloud().left()).toEqual([]);
});

test('a lent address that is on another server by now is not taken from it', async () => {
  const { ask } = cloud().client;
  const networks = (await ask('GET', 'network', '/v2.0/networks')).networks as { id: string; name: string }[];
  const pool = networks.find(({ name }) => name === 'public')?.id;
  const front = await ask('POST', 'network', '/v2.0/floatingips', { floatingip: { floating_network_id: pool } });
  const values = { 'openstack-floatingip-pool': '', 'openstack-floatingip': front.floatingip.floating_ip_address };
  const part = (machine: Awaited<ReturnType<typeof newMachine>>) => machine.driver().parts.at(-1);
  const one = await newMachine(values);
  await one.make();
  await withMachine({ 'openstack-floatingip-pool': '' }, async ({ made }) => {
    const { ports } = await ask('GET', 'network', `/v2.0/ports?device_id=${made.server}`);
    await ask('PUT', 'network', `/v2.0/floatingips/${front.floatingip.id}`, { floatingip: { port_id: ports[0].id } });
    await part(one)?.destroy(one.made['lent-address'] ?? '');
    expect((await floating(front.floatingip.id)).port_id).toBe(ports[0].id);
  });
  await one.destroy();
  await ask('DELETE', 'network', `/v2.0/floatingips/${front.floatingip.id}`);
  expect(await cloud().left()).toEqual([]);
});

test('the group admits who may come in, and changes when that does', async () => {
  const open = [
    { port: 80, protocol: 'tcp' as const },
    { port: 53, protocol: 'udp' as const },
  ];
  const machine = await newMachine({ 'openstack-ssh-port': 2222 }, { open });
  const { place, keyOf } = machine;
  const part = machine.driver().parts.find(({ kind }) => kind === 'security-group');
  const id = (await part?.create(keyOf('security-group'), {})) ?? '';
  expect(await rulesOf(id)).toEqual([
    '2222/tcp 192.0.2.7/32',
    '2376/tcp 192.0.2.7/32',
    '53/udp 0.0.0.0/0',
    '53/udp ::/0',
    '80/tcp 0.0.0.0/0',
    '80/tcp ::/0',
  ]);
  const site = { ...place.site, ingress: { from: ['192.0.2.8/32', '2001:db8::/64'], engine: false, open: [] } };
  await openstack.driver(SMALL, site).admit?.({ 'security-group': id });
  expect(await rulesOf(id)).toEqual(['22/tcp 192.0.2.8/32', '22/tcp 2001:db8::/64']);
  await openstack.driver(SMALL, { ...site, ingress: { ...site.ingress, from: [] } }).admit?.({ 'security-group': id });
  expect(await rulesOf(id)).toEqual([]);
  await part?.destroy(id);
  await place.remove();
  expect(await cloud().left()).toEqual([]);
});

test('a new end is told to all that ends with the machine', async () => {
  await withMachine({}, async ({ made, place, keyOf }) => {
    const labels = { ...place.site.labels, 'slipway-expires': '1795326502' };
    await openstack.driver(SMALL, { ...place.site, labels }).relabel?.(made);
    expect((await server(made.server)).metadata).toMatchObject({
      'slipway-expires': '1795326502',
      'slipway-store': '0123abcd',
    });
    const things = [
      [await group(made['security-group']), keyOf('security-group')],
      [await floating(made.address), keyOf('address')],
    ] as const;
    for (const [{ description }, key] of things) {
      expect(description).toContain('slipway-expires=1795326502');
      expect(description).toContain(`slipway-key=${key}`);
    }
  });
});

test('without a floating address it is reached at its own, of the family that is wanted', async () => {
  await withMachine({ 'openstack-floatingip-pool': '' }, async ({ made, place }) => {
    const endpoint = (family: number) =>
      openstack
        .driver({ ...SMALL, 'openstack-floatingip-pool': '', 'openstack-ip-version': family }, place.site)
        .endpoint(made);
    expect((await endpoint(4))?.host).toMatch(/^10\.77\./);
    expect((await endpoint(6))?.host).toMatch(/^fd00:77:/);
  });
});

test('long user data is packed, and what is too long even so gets a sentence', () => {
  const long = `#cloud-config\n# ${'0123456789'.repeat(10_000)}\n`;
  expect(gunzipSync(Buffer.from(userDataOf(long), 'base64')).toString()).toBe(long);
  const longer = `#cloud-config\n# ${Array.from({ length: 12_000 }, () => Math.random()).join()}\n`;
  expect(() => userDataOf(longer)).toThrow(expect.objectContaining({ code: 'bad-input' }));
});

test('a server that somebody deleted is gone, and so is all that was its', async () => {
  await withMachine({}, async ({ made, driver }) => {
    await cloud().vanish(made.server ?? '');
    expect(await driver().power?.state(made)).toBe('Gone');
    expect(await driver().endpoint(made)).toBeUndefined();
  });
  expect(await cloud().left()).toEqual([]);
});

test('what is paused, suspended or shelved is started as that needs', async () => {
  const { ask } = cloud().client;
  await withMachine({ 'openstack-floatingip-pool': '' }, async ({ made, driver }) => {
    for (const how of ['pause', 'suspend']) {
      await ask('POST', 'compute', `/v2.1/servers/${made.server}/action`, { [how]: null });
      await reaches('Stopped');
      await driver().power?.start(made);
      await reaches('Running');
    }
    async function reaches(state: string) {
      while ((await driver().power?.state(made)) !== state) await new Promise((done) => setTimeout(done, 100));
    }
  });
});
