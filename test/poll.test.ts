import { expect, test } from '@jest/globals';
import { SlipwayError } from '../src/errors.ts';
import { waitFor } from '../src/poll.ts';

const never = async () => undefined;

/** How many milliseconds it took to fail, and with what. */
async function failing(work: Promise<unknown>): Promise<{ after: number; error: unknown }> {
  const began = performance.now();
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { after: performance.now() - began, error };
}

test('gives the first answer, be it false, empty or zero', async () => {
  const answers: (number | undefined)[] = [undefined, undefined, 0];
  expect(await waitFor({ what: 'an answer', limit: 60_000 }, async () => answers.shift())).toBe(0);
  expect(await waitFor({ what: 'an answer', limit: 60_000 }, async () => false)).toBe(false);
});

test('waits as long as it says, and says for what', async () => {
  const { after, error } = await failing(waitFor({ what: 'SSH on "dev"', limit: 1000, hint: 'Look there.' }, never));
  expect(after).toBeGreaterThan(990);
  expect(error).toMatchObject({ code: 'timeout', message: 'Waited 1 s for SSH on "dev"', hint: 'Look there.' });
});

test('what comes in the last moment is still seen', async () => {
  const began = performance.now();
  const late = async () => (performance.now() - began > 950 ? 'here' : undefined);
  expect(await waitFor({ what: 'a late one', limit: 60_000 }, late)).toBe('here');
});

test('even without any time it looks once', async () => {
  expect(await waitFor({ what: 'it', limit: 0 }, async () => 'there')).toBe('there');
  await expect(waitFor({ what: 'it', limit: 0 }, never)).rejects.toMatchObject({ code: 'timeout' });
});

test('the last passing failure is the reason, unless something else came after it', async () => {
  const refuse = async () => Promise.reject(new Error('connection refused'));
  const passing = () => true;
  await expect(waitFor({ what: 'it', limit: 100 }, refuse, passing)).rejects.toMatchObject({
    cause: new Error('connection refused'),
  });
  let first = true;
  const once = async () => {
    if (!first) return undefined;
    first = false;
    throw new Error('connection refused');
  };
  const { error } = await failing(waitFor({ what: 'it', limit: 1000 }, once, passing));
  expect((error as SlipwayError).cause).toBeUndefined();
});

test('any other failure ends the wait at once', async () => {
  const denied = new SlipwayError('refused', 'No');
  const { error } = await failing(waitFor({ what: 'it', limit: 3600_000 }, () => Promise.reject(denied)));
  expect(error).toBe(denied);
});

test('a signal ends it in the middle of a pause', async () => {
  const signal = AbortSignal.timeout(300);
  const { error } = await failing(waitFor({ what: 'SSH', limit: 3600_000, pause: 3600_000, signal }, never));
  expect(error).toMatchObject({ code: 'interrupted', message: 'Interrupted while waiting for SSH' });
});

test('a signal that came before keeps it from looking at all', async () => {
  let looks = 0;
  const look = async () => ++looks;
  await expect(waitFor({ what: 'it', limit: 100, signal: AbortSignal.abort() }, look)).rejects.toMatchObject({
    code: 'interrupted',
  });
  expect(looks).toBe(0);
});

test('the pauses grow to what was asked for', async () => {
  let looks = 0;
  const look = async () => void ++looks;
  const { error } = await failing(waitFor({ what: 'it', limit: 1000, pause: 200 }, look));
  expect(error).toMatchObject({ code: 'timeout' });
  expect(looks).toBeLessThanOrEqual(10); // after 50, 100, 200 ... ms; a busy computer looks less often, none more often
});

test('and no further', async () => {
  let looks = 0;
  const look = async () => (++looks === 40 ? 'here' : undefined);
  expect(await waitFor({ what: 'it', limit: 3600_000, pause: 10 }, look)).toBe('here');
});
