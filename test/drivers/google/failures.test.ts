import { expect, test } from '@jest/globals';
import google from '../../../src/drivers/google/index.ts';
import { sentenceOf } from '../../../src/errors.ts';
import { newMachine, SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();

/** An answer as Compute Engine words it; the text is another one on purpose, since nothing may match on it. */
function answer(status: number, reason: string, message = 'Es geht nicht.') {
  return {
    status,
    body: JSON.stringify({ error: { code: status, message, errors: [{ reason, domain: 'global', message }] } }),
  };
}

function operation(code: string, httpErrorStatusCode?: number) {
  const error = { errors: [{ code, message: 'Es geht nicht.' }] };
  return { status: 200, body: JSON.stringify({ name: 'operation-1', status: 'DONE', error, httpErrorStatusCode }) };
}

const PERMISSION = "Required 'compute.instances.create' permission for 'projects/slipway-test'";

test.each([
  ['expired', answer(401, 'authError'), 'no-credentials', /does not accept the credentials/],
  ['not allowed', answer(403, 'forbidden', PERMISSION), 'denied', /"compute.instances.create"/],
  ['not allowed, unsaid', answer(403, 'forbidden'), 'denied', /do not allow this/],
  ['switched off', answer(403, 'accessNotConfigured'), 'denied', /not switched on/],
  ['quota', answer(403, 'quotaExceeded', "Kontingent 'CPUS' erschöpft"), 'quota', /"CPUS"/],
  [
    'too fast',
    { ...answer(403, 'rateLimitExceeded'), headers: { 'retry-after': '3600' } },
    'throttled',
    /no more requests/,
  ],
  ['too fast for the day', { ...answer(429, ''), headers: { 'retry-after': '3600' } }, 'throttled', /no more requests/],
  ['not valid', answer(400, 'invalid'), 'bad-input', /does not accept what was asked for/],
  ['a rule of the organisation', answer(412, 'conditionNotMet'), 'refused', /condition/],
  ['in use', answer(400, 'resourceInUseByAnotherResource'), 'refused', /in use/],
  ['broken', answer(500, 'backendError'), 'refused', /backendError/],
  ['broken, without JSON', { status: 502, body: '<html>Bad Gateway</html>' }, 'refused', /problem of its own/],
  ['no answer', 'drop' as const, 'refused', /could not be asked/],
  ['none left', operation('ZONE_RESOURCE_POOL_EXHAUSTED', 503), 'no-capacity', /none|no such machine left/],
  [
    'none left, in detail',
    operation('ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS'),
    'no-capacity',
    /no such machine left/,
  ],
  ['quota, later', operation('QUOTA_EXCEEDED', 403), 'quota', /quota/],
  ['not allowed, later', operation('PERMISSIONS_ERROR', 403), 'denied', /do not allow/],
  ['not valid, later', operation('INVALID_FIELD_VALUE'), 'bad-input', /does not accept/],
  ['a rule, later', operation('CONDITION_NOT_MET'), 'refused', /condition/],
  ['broken, later', operation('INTERNAL_ERROR', 500), 'refused', /INTERNAL_ERROR/],
])('%s', async (_, fault, code, sentence) => {
  const machine = await newMachine();
  cloud().intercept = ({ what }, when) => (what === 'instances.insert' && when === 'before' ? fault : undefined);
  const error: unknown = await machine.make().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code, message: expect.stringMatching(sentence) });
  expect(sentenceOf(error)).not.toMatch(/undefined|\[object/);
  cloud().intercept = () => undefined;
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('the quota that an operation names is told with its limit', async () => {
  cloud().quotas.INSTANCES = 0;
  const machine = await newMachine();
  const error: unknown = await machine.make().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'quota',
    message: expect.stringMatching(/"INSTANCES" of the project, which is 0,/),
  });
  cloud().quotas.INSTANCES = 24;
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('what passes is waited for, as told', async () => {
  const tries: number[] = [];
  cloud().intercept = ({ what }, when) => {
    if (what !== 'instances.insert' || when !== 'before') return undefined;
    tries.push(Date.now());
    return tries.length > 2 ? undefined : { ...answer(429, 'rateLimitExceeded'), headers: { 'retry-after': '1' } };
  };
  const machine = await newMachine();
  await machine.make();
  expect(tries.length).toBe(3);
  expect((tries[1] ?? 0) - (tries[0] ?? 0)).toBeGreaterThanOrEqual(990);
  await machine.destroy();
});

test('what is not ready yet is asked for again', async () => {
  let asked = 0;
  cloud().intercept = ({ what }, when) => {
    if (what !== 'instances.insert' || when !== 'before') return undefined;
    asked += 1;
    return asked > 2 ? undefined : answer(400, 'resourceNotReady');
  };
  const machine = await newMachine();
  await machine.make();
  expect(asked).toBe(3);
  await machine.destroy();
});

test.each([
  ['firewalls.delete', answer(503, 'backendError')],
  ['instances.delete', answer(403, 'forbidden')],
  ['instances.delete', 'drop' as const],
])('rm tells the truth: %s fails, and later does not', async (failing, fault) => {
  const machine = await newMachine();
  await machine.make();
  cloud().intercept = ({ what }) => (what === failing ? fault : undefined);
  await expect(machine.destroy()).rejects.toMatchObject({ code: expect.stringMatching(/^(refused|denied)$/) });
  expect(await cloud().left()).not.toEqual([]);
  cloud().intercept = () => undefined;
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('an interrupted wait ends at once', async () => {
  const machine = await newMachine();
  const stop = new AbortController();
  cloud().intercept = ({ what }, when) => {
    if (what === 'instances.insert' && when === 'after') stop.abort();
    return undefined;
  };
  const driver = google.driver(SMALL, { ...machine.place.site, signal: stop.signal });
  const made: Record<string, string> = {};
  const making = async () => {
    for (const part of driver.parts) made[part.kind] = await part.create(machine.keyOf(part.kind), made);
  };
  await expect(making()).rejects.toMatchObject({ code: 'interrupted' });
  cloud().intercept = () => undefined;
  await cloud().world.settled();
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});
