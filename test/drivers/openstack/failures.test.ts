import { expect, test } from '@jest/globals';
import openstack from '../../../src/drivers/openstack/index.ts';
import { sentenceOf } from '../../../src/errors.ts';
import { newMachine, SMALL, useCloud, withMachine } from './cloud.ts';

const cloud = useCloud();

const CREATE = 'POST /v2.0/security-groups';

/** An answer as a service words it; the text is another one on purpose, since nothing may match on it. */
function answer(status: number, word: string, type?: string) {
  const said = { code: status, message: 'Es geht nicht.', ...(type ? { type } : {}) };
  return { status, body: JSON.stringify({ [word]: said }) };
}

test.each([
  ['not allowed', answer(403, 'forbidden'), 'denied', /do not allow/],
  ['limit', answer(409, 'NeutronError', 'OverQuota'), 'quota', /limit/],
  ['limit, as older ones say it', answer(413, 'overLimit'), 'quota', /limit/],
  ['no address', answer(409, 'NeutronError', 'IpAddressGenerationFailure'), 'no-capacity', /no address left/],
  ['empty pool', answer(400, 'NeutronError', 'ExternalIpAddressExhausted'), 'no-capacity', /no floating address left/],
  ['no way', answer(404, 'NeutronError', 'ExternalGatewayForFloatingIPNotFound'), 'bad-input', /No router/],
  ['too fast', { ...answer(429, 'error'), headers: { 'retry-after': '3600' } }, 'throttled', /no more requests/],
  ['not valid', answer(400, 'badRequest'), 'bad-input', /does not take/],
  ['not there', answer(404, 'itemNotFound'), 'not-found', /knows no such thing/],
  ['new to us', answer(418, 'teapot'), 'refused', /HTTP 418/],
  ['broken', answer(500, 'computeFault'), 'refused', /trouble of its own/],
  ['broken, without JSON', { status: 502, body: '<html>Bad Gateway</html>' }, 'refused', /trouble of its own/],
  ['half an answer', { status: 201, body: '{"security_group": {' }, 'refused', /could not be asked/],
  ['no answer', 'drop' as const, 'refused', /could not be asked/],
])('%s', async (_, fault, code, sentence) => {
  const machine = await newMachine();
  cloud().intercept = ({ what }, when) => (what === CREATE && when === 'before' ? fault : undefined);
  const [, part] = machine.driver().parts;
  const error: unknown = await part?.create(machine.keyOf('security-group'), {}).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code, message: expect.stringMatching(sentence) });
  expect(sentenceOf(error)).not.toMatch(/undefined|\[object/);
  expect(await cloud().left()).toEqual([]);
  await machine.place.remove();
});

test('a flavor that no host has room for is no-capacity, in OpenStack’s own words', async () => {
  const machine = await newMachine({ 'openstack-flavor-name': 'm1.vast', 'openstack-floatingip-pool': '' });
  const error: unknown = await machine.make().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'no-capacity', cause: expect.any(Error) });
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('limits come from the place, whatever its words, and before anything is made', async () => {
  const { admin, project } = cloud();
  const limit = (name: string, most: number) =>
    admin.ask('PUT', 'compute', `/v2.1/os-quota-sets/${project}`, { quota_set: { [name]: most } });
  await limit('instances', 0);
  const machine = await newMachine();
  await expect(machine.driver().check?.()).rejects.toMatchObject({ code: 'quota' });
  await expect(machine.make()).rejects.toMatchObject({ code: 'quota', message: expect.stringContaining('servers') });
  await machine.destroy();
  await limit('instances', 50);
  expect(await cloud().left()).toEqual([]);
});

test('credentials that are not taken are told', async () => {
  const { OS_PASSWORD: password } = process.env;
  process.env.OS_PASSWORD = 'wrong';
  const { driver, place } = await newMachine();
  await expect(driver().check?.()).rejects.toMatchObject({ code: 'no-credentials' });
  process.env.OS_PASSWORD = password;
  await place.remove();
});

test('a token that has run out is replaced by another', async () => {
  let refused = 0;
  cloud().intercept = ({ what }, when) => {
    if (what !== 'GET /v2.0/networks' || when !== 'before' || refused > 0) return undefined;
    refused += 1;
    return { status: 401, body: '' };
  };
  const { driver, place } = await newMachine();
  const before = cloud().calls.length;
  await driver().check?.();
  const logins = cloud()
    .calls.slice(before)
    .filter(({ what }) => what === 'POST /v3/auth/tokens');
  expect({ refused, logins: logins.length }).toEqual({ refused: 1, logins: 2 });
  await place.remove();
});

test('what passes is waited for, as told', async () => {
  const tries: number[] = [];
  cloud().intercept = ({ what }, when) => {
    if (what !== CREATE || when !== 'before') return undefined;
    tries.push(Date.now());
    return tries.length > 1 ? undefined : { ...answer(429, 'error'), headers: { 'retry-after': '1' } };
  };
  const machine = await newMachine();
  const [, part] = machine.driver().parts;
  await part?.destroy((await part.create(machine.keyOf('security-group'), {})) ?? '');
  expect(tries.length).toBe(2);
  expect((tries[1] ?? 0) - (tries[0] ?? 0)).toBeGreaterThanOrEqual(990);
  await machine.place.remove();
});

test('a server that is busy is waited for, and rm tells the truth of what fails', async () => {
  const asked = { busy: 0 };
  let broken = true;
  cloud().intercept = ({ what }, when) => {
    if (what !== 'DELETE /v2.1/servers/{id}' || when !== 'before') return undefined;
    if (broken) return answer(500, 'computeFault');
    asked.busy += 1;
    return asked.busy > 2 ? undefined : answer(409, 'conflictingRequest');
  };
  const machine = await newMachine({ 'openstack-floatingip-pool': '' });
  await machine.make();
  await expect(machine.driver().parts[2]?.destroy(machine.made.server ?? '')).rejects.toMatchObject({
    code: 'refused',
  });
  expect(await cloud().left()).toEqual(expect.arrayContaining([expect.stringContaining('(ACTIVE)')]));
  broken = false;
  await machine.destroy();
  expect(asked.busy).toBe(3);
  expect(await cloud().left()).toEqual([]);
});

test('an interrupted wait ends at once', async () => {
  const machine = await newMachine({ 'openstack-floatingip-pool': '' });
  const stop = new AbortController();
  cloud().intercept = ({ what }, when) => {
    if (what === 'POST /v2.1/servers' && when === 'after') stop.abort();
    return undefined;
  };
  const values = { ...SMALL, 'openstack-floatingip-pool': '' };
  const driver = openstack.driver(values, { ...machine.place.site, signal: stop.signal });
  const making = async () => {
    for (const part of driver.parts)
      machine.made[part.kind] = await part.create(machine.keyOf(part.kind), machine.made);
  };
  await expect(making()).rejects.toMatchObject({ code: 'interrupted' });
  cloud().intercept = () => undefined;
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('what several machines are told is asked for together', async () => {
  const machines = await Promise.all([newMachine(), newMachine()]);
  for (const machine of machines) await machine.place.remove();
  await withMachine({ 'openstack-floatingip-pool': '' }, async ({ made }) => {
    expect(await openstack.fleet?.states(SMALL, [made, {}, { server: 'none' }])).toEqual(['Running', 'Gone', 'Gone']);
  });
});
