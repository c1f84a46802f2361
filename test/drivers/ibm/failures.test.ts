import { expect, test } from '@jest/globals';
import { driverFailures } from '../failures.ts';
import { newMachine, useCloud } from './cloud.ts';

const cloud = useCloud();

/** An answer as IBM words it; the text is another one on purpose, since nothing may match on it. */
function answer(status: number, code: string) {
  return { status, body: JSON.stringify({ errors: [{ code, message: 'Es geht nicht.' }], status_code: status }) };
}

driverFailures({
  cloud,
  newMachine,
  makes: 'POST /v1/instances',
  removes: 'DELETE /v1/instances/{id}',
  told: [
    ['expired', answer(401, 'not_authorized'), 'no-credentials', /does not accept the token/],
    ['not allowed', answer(403, 'not_authorized'), 'denied', /does not allow/],
    ['too many', answer(400, 'over_quota'), 'quota', /quota/],
    ['too many groups', answer(400, 'security_group_limit_exceeded'), 'quota', /quota/],
    ['no address', answer(400, 'subnet_out_of_ip_addresses'), 'no-capacity', /no address left/],
    ['not valid', answer(400, 'bad_field'), 'bad-input', /does not take/],
    ['not there', answer(404, 'not_found'), 'not-found', /knows no such thing/],
    ['busy', answer(409, 'conflict'), 'refused', /still busy/],
    ['new to us', answer(418, 'teapot'), 'refused', /HTTP 418/],
    ['half an answer', { status: 201, body: '{"id": "0717' }, 'refused', /could not be asked/],
  ],
  broken: answer(500, 'internal_error'),
  tooFast: answer(429, 'too_many_requests'),
  busy: answer(409, 'instance_busy'),
  stays: '(running)',
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
