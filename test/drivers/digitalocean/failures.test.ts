import { expect, test } from '@jest/globals';
import { driverFailures } from '../failures.ts';
import { newMachine, useCloud } from './cloud.ts';

const cloud = useCloud();

/** An answer as DigitalOcean words it; the text is another one on purpose, since nothing may match on it. */
function answer(status: number, id: string) {
  return { status, body: JSON.stringify({ id, message: 'Es geht nicht.' }) };
}

driverFailures({
  cloud,
  newMachine,
  makes: 'POST /v2/droplets',
  removes: 'DELETE /v2/droplets/{droplet_id}',
  told: [
    ['expired', answer(401, 'Unauthorized'), 'no-credentials', /does not accept the API token/],
    ['not allowed', answer(403, 'Forbidden'), 'denied', /does not allow/],
    ['not valid', answer(422, 'unprocessable_entity'), 'bad-input', /does not take/],
    ['malformed', answer(400, 'bad_request'), 'bad-input', /does not take/],
    ['not there', answer(404, 'not_found'), 'not-found', /knows no such thing/],
    ['new to us', answer(418, 'teapot'), 'refused', /HTTP 418/],
    ['half an answer', { status: 202, body: '{"droplet": {' }, 'refused', /could not be asked/],
  ],
  broken: answer(500, 'server_error'),
  tooFast: answer(429, 'too_many_requests'),
  busy: answer(422, 'unprocessable_entity'),
  stays: '(active)',
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
