import { expect, test } from '@jest/globals';
import { sentenceOf } from '../../../src/errors.ts';
import { newMachine, useCloud, withMachine } from './cloud.ts';

const cloud = useCloud();

/** An answer as IBM words it; the text is another one on purpose, since nothing may match on it. */
function answer(status: number, code: string) {
  return { status, body: JSON.stringify({ errors: [{ code, message: 'Es geht nicht.' }], status_code: status }) };
}

test.each([
  ['expired', answer(401, 'not_authorized'), 'no-credentials', /does not accept the token/],
  ['not allowed', answer(403, 'not_authorized'), 'denied', /does not allow/],
  ['too many', answer(400, 'over_quota'), 'quota', /quota/],
  ['too many groups', answer(400, 'security_group_limit_exceeded'), 'quota', /quota/],
  ['no address', answer(400, 'subnet_out_of_ip_addresses'), 'no-capacity', /no address left/],
  [
    'too fast',
    { ...answer(429, 'too_many_requests'), headers: { 'retry-after': '3600' } },
    'throttled',
    /no more requests/,
  ],
  ['not valid', answer(400, 'bad_field'), 'bad-input', /does not take/],
  ['not there', answer(404, 'not_found'), 'not-found', /knows no such thing/],
  ['busy', answer(409, 'conflict'), 'refused', /still busy/],
  ['new to us', answer(418, 'teapot'), 'refused', /HTTP 418/],
  ['broken', answer(500, 'internal_error'), 'refused', /trouble of its own/],
  ['broken, without JSON', { status: 502, body: '<html>Bad Gateway</html>' }, 'refused', /trouble of its own/],
  ['half an answer', { status: 201, body: '{"id": "0717' }, 'refused', /could not be asked/],
  ['no answer', 'drop' as const, 'refused', /could not be asked/],
])('%s', async (_, fault, code, sentence) => {
  const machine = await newMachine();
  cloud().intercept = ({ what }, when) => (what === 'POST /v1/instances' && when === 'before' ? fault : undefined);
  const error: unknown = await machine.make().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code, message: expect.stringMatching(sentence) });
  expect(sentenceOf(error)).not.toMatch(/undefined|\[object/);
  cloud().intercept = () => undefined;
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('an instance that was accepted and cannot be started lets another zone be tried, and leaves nothing', async () => {
  cloud().world.exhausted.add('cx2-2x4 us-south-1');
  const machine = await newMachine();
  const error: unknown = await machine.make().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'no-capacity', hint: expect.stringContaining('--ibm-profile') });
  cloud().world.exhausted.clear();
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('the account’s quota is told', async () => {
  cloud().world.quota = 0;
  const machine = await newMachine();
  await expect(machine.make()).rejects.toMatchObject({ code: 'quota' });
  cloud().world.quota = 25;
  await machine.destroy();
});

test('what is busy is waited for', async () => {
  let asked = 0;
  cloud().intercept = ({ what }, when) => {
    if (what !== 'DELETE /v1/security_groups/{id}' || when !== 'before') return undefined;
    asked += 1;
    return asked > 2 ? undefined : answer(409, 'security_group_in_use');
  };
  await withMachine({}, async () => undefined);
  expect(asked).toBe(3);
  expect(await cloud().left()).toEqual([]);
});

test('rm tells the truth: what fails is still there, and later goes', async () => {
  const machine = await newMachine();
  await machine.make();
  cloud().intercept = ({ what }) => (what === 'DELETE /v1/instances/{id}' ? answer(500, 'internal_error') : undefined);
  await expect(machine.destroy()).rejects.toMatchObject({ code: 'refused' });
  expect(await cloud().left()).toEqual(expect.arrayContaining([expect.stringContaining('(running)')]));
  cloud().intercept = () => undefined;
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});
