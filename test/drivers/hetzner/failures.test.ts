import { expect, test } from '@jest/globals';
import { driverFailures } from '../failures.ts';
import { newMachine, useCloud } from './cloud.ts';

const cloud = useCloud();

/** An answer as Hetzner words it; the text is another one on purpose, since nothing may match on it. */
function answer(status: number, code: string) {
  return { status, body: JSON.stringify({ error: { code, message: 'Es geht nicht.', details: null } }) };
}

driverFailures({
  cloud,
  newMachine,
  makes: 'POST /servers',
  removes: 'DELETE /servers/{id}',
  told: [
    ['expired', answer(401, 'unauthorized'), 'no-credentials', /does not accept the API token/],
    ['not allowed', answer(403, 'forbidden'), 'denied', /does not allow/],
    ['may only read', answer(403, 'token_readonly'), 'denied', /may only "Read"/],
    ['limit', answer(403, 'resource_limit_exceeded'), 'quota', /limit/],
    ['none left', answer(412, 'resource_unavailable'), 'no-capacity', /no such server left/],
    ['no room', answer(412, 'placement_error'), 'no-capacity', /no such server left/],
    ['not valid', answer(422, 'invalid_input'), 'bad-input', /does not take/],
    ['not there', answer(404, 'not_found'), 'not-found', /knows no such thing/],
    ['protected', answer(403, 'protected'), 'refused', /protected/],
    ['locked by them', answer(422, 'resource_locked'), 'refused', /has locked it/],
    ['new to us', answer(409, 'something_new'), 'refused', /"something_new"/],
    ['half an answer', { status: 201, body: '{"server": {' }, 'refused', /could not be asked/],
  ],
  broken: answer(500, 'server_error'),
  tooFast: answer(429, 'rate_limit_exceeded'),
  busy: answer(423, 'locked'),
  stays: '(running)',
});

test('an action that fails says why', async () => {
  const machine = await newMachine();
  const error = { code: 'placement_error', message: 'Es geht nicht.' };
  cloud().intercept = ({ what }, when) => {
    if (what !== 'GET /actions' || when !== 'after') return undefined;
    const action = [...cloud().world.actions.values()].findLast(({ command }) => command === 'create_server');
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
