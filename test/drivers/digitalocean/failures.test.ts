import { expect, test } from '@jest/globals';
import { sentenceOf } from '../../../src/errors.ts';
import { newMachine, useCloud, withMachine } from './cloud.ts';

const cloud = useCloud();

/** An answer as DigitalOcean words it; the text is another one on purpose, since nothing may match on it. */
function answer(status: number, id: string) {
  return { status, body: JSON.stringify({ id, message: 'Es geht nicht.' }) };
}

test.each([
  ['expired', answer(401, 'Unauthorized'), 'no-credentials', /does not accept the API token/],
  ['not allowed', answer(403, 'Forbidden'), 'denied', /does not allow/],
  [
    'too fast',
    { ...answer(429, 'too_many_requests'), headers: { 'retry-after': '3600' } },
    'throttled',
    /no more requests/,
  ],
  ['not valid', answer(422, 'unprocessable_entity'), 'bad-input', /does not take/],
  ['malformed', answer(400, 'bad_request'), 'bad-input', /does not take/],
  ['not there', answer(404, 'not_found'), 'not-found', /knows no such thing/],
  ['new to us', answer(418, 'teapot'), 'refused', /HTTP 418/],
  ['broken', answer(500, 'server_error'), 'refused', /trouble of its own/],
  ['broken, without JSON', { status: 502, body: '<html>Bad Gateway</html>' }, 'refused', /trouble of its own/],
  ['half an answer', { status: 202, body: '{"droplet": {' }, 'refused', /could not be asked/],
  ['no answer', 'drop' as const, 'refused', /could not be asked/],
])('%s', async (_, fault, code, sentence) => {
  const machine = await newMachine();
  cloud().intercept = ({ what }, when) => (what === 'POST /v2/droplets' && when === 'before' ? fault : undefined);
  const error: unknown = await machine.make().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code, message: expect.stringMatching(sentence) });
  expect(sentenceOf(error)).not.toMatch(/undefined|\[object/);
  cloud().intercept = () => undefined;
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('a droplet that is refused without a reason is looked into', async () => {
  const machine = await newMachine();
  cloud().world.limit = 0;
  await expect(machine.make()).rejects.toMatchObject({ code: 'quota', message: expect.stringContaining('may have 0') });
  cloud().world.limit = 25;
  cloud().world.exhausted.add('s-1vcpu-1gb nyc3');
  await expect(machine.make()).rejects.toMatchObject({ code: 'bad-input' });
  cloud().world.exhausted.clear();
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('a droplet that is busy is waited for', async () => {
  let asked = 0;
  cloud().intercept = ({ what }, when) => {
    if (what !== 'DELETE /v2/droplets/{droplet_id}' || when !== 'before') return undefined;
    asked += 1;
    return asked > 2 ? undefined : answer(422, 'unprocessable_entity');
  };
  await withMachine({}, async () => undefined);
  expect(asked).toBe(3);
  expect(await cloud().left()).toEqual([]);
});

test('rm tells the truth: what fails is still there, and later goes', async () => {
  const machine = await newMachine();
  await machine.make();
  cloud().intercept = ({ what }) =>
    what === 'DELETE /v2/droplets/{droplet_id}' ? answer(500, 'server_error') : undefined;
  await expect(machine.destroy()).rejects.toMatchObject({ code: 'refused' });
  expect(await cloud().left()).toEqual(expect.arrayContaining([expect.stringContaining('(active)')]));
  cloud().intercept = () => undefined;
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});
