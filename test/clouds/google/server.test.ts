import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type GoogleCloud, startCloud } from './index.ts';

let cloud: GoogleCloud;
let complaints = 0;

beforeAll(async () => {
  cloud = await startCloud();
});
afterEach(() => {
  complaints = cloud.complaints.length;
});
afterAll(() => cloud.close());

const BASE = 'projects/slipway-test';
const ZONE = `${BASE}/zones/us-central1-a`;

interface Answer {
  status: number;
  body: { [field: string]: unknown; error?: { message: string; errors: { reason: string }[] } };
}

async function ask(method: string, path: string, body?: object): Promise<Answer> {
  const authorization = `Bearer ${cloud.identity.newToken().token}`;
  const response = await fetch(`${cloud.url}/compute/v1/${path}`, {
    method,
    headers: { authorization },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

async function done(answer: Answer): Promise<Answer> {
  expect(answer).toMatchObject({ status: 200, body: { kind: 'compute#operation' } });
  for (;;) {
    const link = String(answer.body.selfLink).split('/compute/v1/')[1];
    const now = await ask('POST', `${link}/wait`);
    if (now.body.status === 'DONE') return now;
  }
}

const reasonOf = ({ body }: Answer) => body.error?.errors[0]?.reason;
const complained = () => cloud.complaints.slice(complaints);

const INSTANCE = {
  name: 'web',
  machineType: 'zones/us-central1-a/machineTypes/e2-micro',
  disks: [
    {
      boot: true,
      autoDelete: true,
      initializeParams: { sourceImage: `${BASE}/global/images/golden-1`, diskSizeGb: '50' },
    },
  ],
  networkInterfaces: [{ accessConfigs: [{}] }],
};

test.each([
  ['a path that there is not', 'GET', `${BASE}/global/nothing`, undefined, 404, /no such method/],
  ['a method that there is not', 'PUT', `${ZONE}/instances`, {}, 404, /no such method/],
  ['a parameter that there is not', 'GET', `${ZONE}/instances?color=red`, undefined, 400, /"color" is unknown/],
  ['a field that there is not', 'POST', `${ZONE}/instances`, { ...INSTANCE, colour: 1 }, 400, /colour is unknown/],
  ['a field below', 'POST', `${ZONE}/instances`, { ...INSTANCE, tags: { item: [] } }, 400, /tags\.item is unknown/],
  ['a type', 'POST', `${ZONE}/instances`, { ...INSTANCE, canIpForward: 'yes' }, 400, /canIpForward is no boolean/],
  ['a number for a text', 'POST', `${ZONE}/disks`, { name: 'd', sizeGb: 10 }, 400, /sizeGb is no text/],
  ['a value', 'POST', `${BASE}/global/firewalls`, { name: 'f', direction: 'UP' }, 400, /"UP" is none of/],
  ['a name', 'POST', `${ZONE}/instances`, { ...INSTANCE, name: 'Web' }, 400, /name "Web" is not/],
  ['nothing where something is needed', 'POST', `${ZONE}/instances`, { name: 'web' }, 400, /machineType is missing/],
  ['what only answers have', 'POST', `${ZONE}/instances`, { ...INSTANCE, status: 'RUNNING' }, 400, /answers only/],
  ['a request id', 'DELETE', `${ZONE}/instances/web?requestId=7`, undefined, 400, /no UUID/],
  ['a body where none is', 'POST', `${ZONE}/instances/web/stop`, {}, 400, /takes no body/],
])('it complains of %s', async (_, method, path, body, status, complaint) => {
  expect((await ask(method, path, body)).status).toBe(status);
  expect(complained()).toEqual([expect.stringMatching(complaint)]);
});

test.each([
  ['one that is there', { name: 'default', autoCreateSubnetworks: true }, 'networks', 409, 'alreadyExists'],
  ['a rule with two families', rule({ sourceRanges: ['0.0.0.0/0', '::/0'] }), 'firewalls', 400, 'invalid'],
  ['a rule that allows and denies', rule({ denied: [{ IPProtocol: 'all' }] }), 'firewalls', 400, 'invalid'],
  ['a rule for a network that is not', rule({ network: 'global/networks/no' }), 'firewalls', 404, 'notFound'],
])('it refuses %s, and does not complain', async (_, body, collection, status, reason) => {
  const answer = await ask('POST', `${BASE}/global/${collection}`, body);
  expect({ status: answer.status, reason: reasonOf(answer) }).toEqual({ status, reason });
  expect(complained()).toEqual([]);
});

function rule(fields: object): object {
  return { name: 'rule', allowed: [{ IPProtocol: 'tcp' }], ...fields };
}

test('who is unknown gets nothing', async () => {
  const response = await fetch(`${cloud.url}/compute/v1/${ZONE}`, { headers: { authorization: 'Bearer ya29.no' } });
  expect(response.status).toBe(401);
});

test('fingerprints guard what is set on an instance, and its disk is in use', async () => {
  const made = await ask('POST', `${ZONE}/instances`, INSTANCE);
  await done(made);
  const stale = { labels: { a: 'b' }, labelFingerprint: 'AAAAAAAAAAA=' };
  expect(await ask('POST', `${ZONE}/instances/web/setLabels`, stale)).toMatchObject({ status: 412 });
  const { labelFingerprint } = (await ask('GET', `${ZONE}/instances/web`)).body;
  await done(await ask('POST', `${ZONE}/instances/web/setLabels`, { labels: { a: 'b' }, labelFingerprint }));
  expect((await ask('GET', `${ZONE}/instances/web`)).body.labels).toEqual({ a: 'b' });
  expect(reasonOf(await ask('DELETE', `${ZONE}/disks/web`))).toBe('resourceInUseByAnotherResource');
  expect(reasonOf(await ask('POST', `${ZONE}/instances/web/start`))).toBe('invalid');
  await done(await ask('DELETE', `${ZONE}/instances/web`));
  expect(await cloud.left()).toEqual([]);
  expect(complained()).toEqual([]);
});

test('an instance shows a while after it was asked for, and goes through its states', async () => {
  const fast = cloud;
  cloud = await startCloud({ pace: { pending: 1500, step: 1500 } });
  const made = await ask('POST', `${ZONE}/instances`, INSTANCE);
  expect((await ask('GET', `${ZONE}/instances/web`)).status).toBe(404);
  expect(reasonOf(await ask('POST', `${ZONE}/instances`, INSTANCE))).toBe('alreadyExists');
  const states = new Set<unknown>();
  const ended = done(made);
  while (!states.has('RUNNING')) states.add((await ask('GET', `${ZONE}/instances/web`)).body.status);
  await ended;
  expect([...states]).toEqual([undefined, 'PROVISIONING', 'STAGING', 'RUNNING']);
  await cloud.close();
  cloud = fast;
});

test('a request that is repeated under its id is carried out once', async () => {
  const path = `${BASE}/regions/us-central1/addresses?requestId=6f9619ff-8b86-4011-b42d-00cf4fc964ff`;
  const [first, second] = [await ask('POST', path, { name: 'a' }), await ask('POST', path, { name: 'a' })];
  expect(second.body.name).toBe(first.body.name);
  await done(first);
  await done(await ask('DELETE', `${BASE}/regions/us-central1/addresses/a`));
  expect(complained()).toEqual([]);
});

test('a network in use is not deleted, and lists show what was a moment ago', async () => {
  await done(await ask('POST', `${BASE}/global/networks`, { name: 'own', autoCreateSubnetworks: true }));
  await done(await ask('POST', `${BASE}/global/firewalls`, rule({ network: 'global/networks/own' })));
  const names = async () => JSON.stringify((await ask('GET', `${BASE}/global/firewalls?filter=name:rule`)).body.items);
  expect(reasonOf(await ask('DELETE', `${BASE}/global/networks/own`))).toBe('resourceInUseByAnotherResource');
  while (!(await names()).includes('"rule"')) expect(await cloud.left()).toContain('firewall rule');
  await done(await ask('DELETE', `${BASE}/global/firewalls/rule`));
  expect(await names()).toContain('"rule"');
  await done(await ask('DELETE', `${BASE}/global/networks/own`));
  expect(await cloud.left()).toEqual([]);
  expect(complained()).toEqual([]);
});

test('a filter or a selection that makes no sense is refused', async () => {
  expect(reasonOf(await ask('GET', `${ZONE}/instances?filter=name%20is`))).toBe('invalid');
  expect(reasonOf(await ask('GET', `${ZONE}/instances?fields=(`))).toBe('invalid');
});
