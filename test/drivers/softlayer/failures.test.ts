import { expect, test } from '@jest/globals';
import { sentenceOf } from '../../../src/errors.ts';
import { newMachine, useCloud, withMachine } from './cloud.ts';

const cloud = useCloud();

/** An answer as SoftLayer words it; the text is another one on purpose, since nothing may match on it. */
function answer(status: number, code: string) {
  return { status, body: JSON.stringify({ error: 'Es geht nicht.', code: `SoftLayer_Exception${code}` }) };
}

const ORDER = 'POST /SoftLayer_Virtual_Guest/createObject';

test.each([
  ['expired', answer(401, ''), 'no-credentials', /does not accept/],
  ['not allowed', answer(500, '_PermissionDenied'), 'denied', /may not do this/],
  ['forbidden', answer(403, ''), 'denied', /may not do this/],
  ['too many', answer(500, '_Order_QuotaExceeded'), 'quota', /limit/],
  ['none left', answer(500, '_Order_InsufficientCapacity'), 'no-capacity', /no such virtual server left/],
  [
    'too fast',
    { ...answer(429, '_WebService_RateLimitExceeded'), headers: { 'retry-after': '3600' } },
    'throttled',
    /no more requests/,
  ],
  ['not valid', answer(500, '_InvalidValue'), 'bad-input', /does not take/],
  ['incomplete', answer(500, '_MissingCreationProperty'), 'bad-input', /does not take/],
  ['not there', answer(404, '_ObjectNotFound'), 'not-found', /knows no such thing/],
  ['told without a kind', answer(500, '_Public'), 'refused', /refused it/],
  ['new to us', answer(418, ''), 'refused', /HTTP 418/],
  ['broken', answer(500, ''), 'refused', /trouble of its own/],
  ['broken, without JSON', { status: 502, body: '<html>Bad Gateway</html>' }, 'refused', /trouble of its own/],
  ['half an answer', { status: 200, body: '{"id": 12' }, 'refused', /could not be asked/],
  ['no answer', 'drop' as const, 'refused', /could not be asked/],
])('%s', async (_, fault, code, sentence) => {
  const machine = await newMachine();
  cloud().intercept = ({ what }, when) => (what === ORDER && when === 'before' ? fault : undefined);
  const error: unknown = await machine.make().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code, message: expect.stringMatching(sentence) });
  expect(sentenceOf(error)).not.toMatch(/undefined|\[object/);
  cloud().intercept = () => undefined;
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('a data centre that has nothing left lets another be tried', async () => {
  cloud().world.exhausted.add('dal13');
  const machine = await newMachine();
  await expect(machine.make()).rejects.toMatchObject({ code: 'no-capacity' });
  cloud().world.exhausted.clear();
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('what is busy is waited for', async () => {
  let asked = 0;
  cloud().intercept = ({ what }, when) => {
    if (!/SecurityGroupID\}\/deleteObject$/.test(what) || when !== 'before') return undefined;
    asked += 1;
    return asked > 1 ? undefined : answer(409, '_Network_SecurityGroup_InUse');
  };
  await withMachine({}, async () => undefined);
  expect(asked).toBe(2);
  expect(await cloud().left()).toEqual([]);
});

test('rm tells the truth: what fails is still there, and later goes', async () => {
  const machine = await newMachine();
  await machine.make();
  cloud().intercept = ({ what }) => (/GuestID\}\/deleteObject$/.test(what) ? answer(500, '') : undefined);
  await expect(machine.destroy()).rejects.toMatchObject({ code: 'refused' });
  expect(await cloud().left()).toEqual(expect.arrayContaining([expect.stringContaining('(RUNNING)')]));
  cloud().intercept = () => undefined;
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});
