import { expect, test } from '@jest/globals';
import { startCloud as startDigitalOcean } from './digitalocean/index.ts';
import { startCloud as startHetzner } from './hetzner/index.ts';

/** Both servers are judged by their vendor's definition in the same way: that it says no must be seen, too. */
const HETZNER = { server_type: 'cx23', image: 'debian-12', name: 'web' };

test.each<[string, string, string, unknown, number, RegExp]>([
  ['a path that there is not', 'GET', '/nothing', undefined, 404, /no such operation/],
  ['a method that there is not', 'PATCH', '/servers', {}, 404, /no such operation/],
  ['a parameter that there is not', 'GET', '/servers?colour=red', undefined, 422, /"colour" is unknown/],
  ['a parameter of another type', 'GET', '/servers?page=two', undefined, 422, /"page"/],
  ['a field that there is not', 'POST', '/servers', { ...HETZNER, colour: 1 }, 422, /"unevaluatedProperty":"colour"/],
  ['a field below', 'POST', '/servers', { ...HETZNER, public_net: { ipv5: 1 } }, 422, /"ipv5"/],
  ['a type', 'POST', '/servers', { ...HETZNER, networks: ['a'] }, 422, /integer/],
  ['a value', 'POST', '/placement_groups', { name: 'a', type: 'pack' }, 422, /allowedValues/],
  ['a label', 'POST', '/firewalls', { name: 'a', labels: { a: 'b!' } }, 422, /pattern/],
  ['nothing where something is needed', 'POST', '/servers', { name: 'web', image: 'x' }, 422, /server_type/],
  ['no body', 'POST', '/servers', undefined, 422, /the body is missing/],
  ['a body where none is', 'POST', '/servers/1/actions/poweron', {}, 422, /none is defined/],
])('Hetzner’s complains of %s', async (_, method, path, body, status, complaint) => {
  const cloud = await startHetzner();
  expect(await ask(`${cloud.url}${path}`, cloud.env.HCLOUD_TOKEN, method, body)).toBe(status);
  expect(cloud.complaints).toEqual([expect.stringMatching(complaint)]);
  await cloud.close();
});

const DROPLET = { name: 'web', size: 's-1vcpu-1gb', image: 'debian-12-x64' };

test.each<[string, string, string, unknown, RegExp]>([
  ['a field that there is not', 'POST', '/v2/droplets', { ...DROPLET, colour: 1 }, /oneOf|unevaluated/],
  ['a name', 'POST', '/v2/droplets', { ...DROPLET, name: 'a_b' }, /pattern/],
  ['an action', 'POST', '/v2/droplets/1/actions', { type: 'explode' }, /anyOf|allowedValues/],
  ['a rule without ports', 'POST', '/v2/firewalls', { name: 'ab', inbound_rules: [{ protocol: 'tcp' }] }, /ports/],
  ['too long a page', 'GET', '/v2/droplets?per_page=500', undefined, /per_page/],
])('DigitalOcean’s complains of %s', async (_, method, path, body, complaint) => {
  const cloud = await startDigitalOcean();
  const { DIGITALOCEAN_API_URL: url, DIGITALOCEAN_ACCESS_TOKEN: token } = cloud.env;
  expect(await ask(`${url}${path}`, token, method, body)).toBe(422);
  expect(cloud.complaints.join('\n')).toMatch(complaint);
  await cloud.close();
});

test('who is unknown gets nothing', async () => {
  const [hetzner, ocean] = await Promise.all([startHetzner(), startDigitalOcean()]);
  expect(await ask(`${hetzner.url}/servers`, 'nobody', 'GET')).toBe(401);
  expect(await ask(`${ocean.env.DIGITALOCEAN_API_URL}/v2/droplets`, 'nobody', 'GET')).toBe(401);
  await Promise.all([hetzner.close(), ocean.close()]);
});

async function ask(url: string, token: string | undefined, method: string, body?: unknown): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  const { status } = await fetch(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return status;
}
