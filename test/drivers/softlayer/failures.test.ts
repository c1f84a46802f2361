import { expect, test } from '@jest/globals';
import { isRefusal } from '../../../src/drivers/refusal.ts';
import { driverFailures } from '../failures.ts';
import { newMachine, useCloud } from './cloud.ts';

const cloud = useCloud();

/** An answer as SoftLayer words it; the text is another one on purpose, since nothing may match on it. */
function answer(status: number, code: string) {
  return { status, body: JSON.stringify({ error: 'Es geht nicht.', code: `SoftLayer_Exception${code}` }) };
}

const GUEST = '/SoftLayer_Virtual_Guest';

driverFailures({
  cloud,
  newMachine,
  makes: `POST ${GUEST}/createObject`,
  removes: `GET ${GUEST}/{SoftLayer_Virtual_GuestID}/deleteObject`,
  told: [
    ['expired', answer(401, ''), 'no-credentials', /does not accept/],
    ['not allowed', answer(500, '_PermissionDenied'), 'denied', /may not do this/],
    ['forbidden', answer(403, ''), 'denied', /may not do this/],
    ['too many', answer(500, '_Order_QuotaExceeded'), 'quota', /limit/],
    ['none left', answer(500, '_Order_InsufficientCapacity'), 'no-capacity', /no such virtual server left/],
    ['not valid', answer(500, '_InvalidValue'), 'bad-input', /does not take/],
    ['incomplete', answer(500, '_MissingCreationProperty'), 'bad-input', /does not take/],
    ['not there', answer(404, '_ObjectNotFound'), 'not-found', /knows no such thing/],
    ['told without a kind', answer(500, '_Public'), 'refused', /refused it/],
    ['new to us', answer(418, ''), 'refused', /HTTP 418/],
    ['half an answer', { status: 200, body: '{"id": 12' }, 'refused', /could not be asked/],
  ],
  broken: answer(500, ''),
  tooFast: answer(429, '_WebService_RateLimitExceeded'),
  busy: answer(500, '_Virtual_Guest_ActiveTransaction'),
  stays: '(RUNNING)',
});

test('a data centre that has nothing left lets another be tried', async () => {
  cloud().world.exhausted.add('dal13');
  const machine = await newMachine();
  const error = await machine.make().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'no-capacity' });
  expect(isRefusal(error)).toBe(true); // so the next is tried at once, though it came with the status 500
  cloud().world.exhausted.clear();
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('trouble of SoftLayer’s own is no refusal: something may have been made', async () => {
  const machine = await newMachine();
  cloud().intercept = ({ what }, when) =>
    what.endsWith('/createObject') && when === 'after' ? answer(500, '_Public') : undefined;
  expect(isRefusal(await machine.make().catch((thrown: unknown) => thrown))).toBe(false);
  cloud().intercept = () => undefined;
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});
