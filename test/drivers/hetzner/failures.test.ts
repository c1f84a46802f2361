import { expect, test } from '@jest/globals';
import hetzner from '../../../src/drivers/hetzner/index.ts';
import { sentenceOf } from '../../../src/errors.ts';
import { newMachine, SMALL, useCloud, withMachine } from './cloud.ts';

const cloud = useCloud();

/** An answer as Hetzner words it; the text is another one on purpose, since nothing may match on it. */
function answer(status: number, code: string) {
  return { status, body: JSON.stringify({ error: { code, message: 'Es geht nicht.', details: null } }) };
}

test.each([
  ['expired', answer(401, 'unauthorized'), 'no-credentials', /does not accept the API token/],
  ['not allowed', answer(403, 'forbidden'), 'denied', /does not allow/],
  ['may only read', answer(403, 'token_readonly'), 'denied', /may only "Read"/],
  ['limit', answer(403, 'resource_limit_exceeded'), 'quota', /limit/],
  ['none left', answer(412, 'resource_unavailable'), 'no-capacity', /no such server left/],
  ['no room', answer(412, 'placement_error'), 'no-capacity', /no such server left/],
  [
    'too fast',
    { ...answer(429, 'rate_limit_exceeded'), headers: { 'retry-after': '3600' } },
    'throttled',
    /no more requests/,
  ],
  ['not valid', answer(422, 'invalid_input'), 'bad-input', /does not take/],
  ['not there', answer(404, 'not_found'), 'not-found', /knows no such thing/],
  ['protected', answer(403, 'protected'), 'refused', /protected/],
  ['locked by them', answer(422, 'resource_locked'), 'refused', /has locked it/],
  ['new to us', answer(409, 'something_new'), 'refused', /"something_new"/],
  ['broken', answer(500, 'server_error'), 'refused', /trouble of its own/],
  ['broken, without JSON', { status: 502, body: '<html>Bad Gateway</html>' }, 'refused', /trouble of its own/],
  ['half an answer', { status: 201, body: '{"server": {' }, 'refused', /could not be asked/],
  ['no answer', 'drop' as const, 'refused', /could not be asked/],
])('%s', async (_, fault, code, sentence) => {
  const machine = await newMachine();
  cloud().intercept = ({ what }, when) => (what === 'POST /servers' && when === 'before' ? fault : undefined);
  const error: unknown = await machine.make().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code, message: expect.stringMatching(sentence) });
  expect(sentenceOf(error)).not.toMatch(/undefined|\[object/);
  cloud().intercept = () => undefined;
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('an action that fails says why', async () => {
  const machine = await newMachine();
  const error = { code: 'placement_error', message: 'Es geht nicht.' };
  cloud().intercept = ({ what }, when) => {
    if (what !== 'GET /actions' || when !== 'after') return undefined;
    const [action] = [...cloud().world.actions.values()].filter(({ command }) => command === 'create_server');
    const body = { actions: action ? [{ ...action, status: 'error', error }] : [] };
    return action ? { status: 200, body: JSON.stringify(body) } : undefined;
  };
  await expect(machine.make()).rejects.toMatchObject({ code: 'no-capacity' });
  cloud().intercept = () => undefined;
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('limits and what is sold out come from the place', async () => {
  cloud().world.limits.set('servers', 0);
  const machine = await newMachine();
  await expect(machine.make()).rejects.toMatchObject({ code: 'quota' });
  cloud().world.limits.clear();
  cloud().world.exhausted.add('cx23 fsn1');
  await expect(machine.make()).rejects.toMatchObject({ code: 'no-capacity' });
  cloud().world.exhausted.clear();
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('what passes is waited for, as told', async () => {
  const tries: number[] = [];
  cloud().intercept = ({ what }, when) => {
    if (what !== 'POST /servers' || when !== 'before') return undefined;
    tries.push(Date.now());
    return tries.length > 1 ? undefined : { ...answer(429, 'rate_limit_exceeded'), headers: { 'retry-after': '1' } };
  };
  await withMachine({}, async () => undefined);
  expect(tries.length).toBe(2);
  expect((tries[1] ?? 0) - (tries[0] ?? 0)).toBeGreaterThanOrEqual(990);
});

test('a server that is busy is waited for', async () => {
  let asked = 0;
  cloud().intercept = ({ what }, when) => {
    if (what !== 'DELETE /servers/{id}' || when !== 'before') return undefined;
    asked += 1;
    return asked > 2 ? undefined : answer(423, 'locked');
  };
  await withMachine({}, async () => undefined);
  expect(asked).toBe(3);
  expect(await cloud().left()).toEqual([]);
});

test('rm tells the truth: what fails is still there, and later goes', async () => {
  const machine = await newMachine();
  await machine.make();
  cloud().intercept = ({ what }) => (what === 'DELETE /servers/{id}' ? answer(500, 'server_error') : undefined);
  await expect(machine.destroy()).rejects.toMatchObject({ code: 'refused' });
  expect(await cloud().left()).toEqual(expect.arrayContaining([expect.stringContaining('(running)')]));
  cloud().intercept = () => undefined;
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('an interrupted wait ends at once', async () => {
  const machine = await newMachine();
  const stop = new AbortController();
  cloud().intercept = ({ what }, when) => {
    if (what === 'POST /servers' && when === 'after') stop.abort();
    return undefined;
  };
  const driver = hetzner.driver(SMALL, { ...machine.place.site, signal: stop.signal });
  const making = async () => {
    for (const part of driver.parts)
      machine.made[part.kind] = await part.create(machine.keyOf(part.kind), machine.made);
  };
  await expect(making()).rejects.toMatchObject({ code: 'interrupted' });
  cloud().intercept = () => undefined;
  await cloud().world.settled();
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});
