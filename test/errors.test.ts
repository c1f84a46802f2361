import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { expect, test } from '@jest/globals';
import { codeOf, hintOf, SlipwayError, sentenceOf } from '../src/errors.ts';
import { StageError } from '../src/ssh/index.ts';

test('the sentence goes on with its reasons, down to the system’s own', async () => {
  const missing = await readFile('/no/such/file').catch((error: unknown) => error);
  const middle = new SlipwayError('broken', 'The record of "dev" cannot be read', { cause: missing });
  const top = new SlipwayError('failed', '"dev" cannot start', { cause: middle });
  expect(sentenceOf(top)).toBe(
    `"dev" cannot start: The record of "dev" cannot be read: ENOENT: no such file or directory, open '/no/such/file'`,
  );
  expect(codeOf(missing)).toBe('ENOENT');
  expect(codeOf(top)).toBe('failed');
});

test('a reason that is quoted already is not said twice', () => {
  const reason = new Error('disk full');
  expect(sentenceOf(new Error('Saving failed (disk full)', { cause: reason }))).toBe('Saving failed (disk full)');
});

test('several reasons are all told, each once', () => {
  const several = new AggregateError([new Error('one'), new Error('two'), new Error('one')], 'All failed');
  expect(sentenceOf(new Error('No address answers', { cause: several }))).toBe('No address answers: one; two');
  expect(sentenceOf(new AggregateError([], 'All failed'))).toBe('All failed');
});

test('what the system throws for a name with several addresses is a sentence too', async () => {
  const socket = connect({ port: 1, host: 'localhost', autoSelectFamily: true });
  const refused = await new Promise<Error>((resolve) => socket.once('error', resolve));
  expect(sentenceOf(refused)).toMatch(/^connect ECONNREFUSED \S+:1/);
});

test('there is a sentence for everything that can be thrown', () => {
  expect(sentenceOf('words')).toBe('words');
  expect(sentenceOf(undefined)).toBe('undefined');
  expect(sentenceOf(new RangeError())).toBe('RangeError');
  expect(sentenceOf(new Error('Above', { cause: 'below' }))).toBe('Above: below');
  expect(codeOf(null)).toBeUndefined();
  expect(codeOf({ code: 7 })).toBeUndefined();
});

test('the hint that is nearest to the person wins', () => {
  const below = new SlipwayError('refused', 'Below', { hint: 'Look below.' });
  expect(hintOf(new SlipwayError('failed', 'Above', { cause: below }))).toBe('Look below.');
  expect(hintOf(new SlipwayError('failed', 'Above', { cause: below, hint: 'Look above.' }))).toBe('Look above.');
  expect(hintOf(new Error('Plain'))).toBeUndefined();
});

test('one of another copy of the class is one of ours, and none of a subclass of ours', () => {
  const copy = Object.assign(new Error('The zone is full'), { name: 'SlipwayError', code: 'no-capacity' });
  expect(copy).toBeInstanceOf(SlipwayError);
  expect(copy).not.toBeInstanceOf(StageError);
  expect(new SlipwayError('failed', 'It went off')).not.toBeInstanceOf(StageError);
  expect(new StageError('port', 'refused', 'It refuses')).toBeInstanceOf(SlipwayError);
  expect(new StageError('port', 'refused', 'It refuses')).toBeInstanceOf(StageError);
});
