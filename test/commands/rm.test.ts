import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openScreen, type Screen } from '../terminal/screen.ts';
import { newUser, type User } from './cli.ts';

let user: User;
let screen: Screen;

beforeEach(async () => {
  user = await newUser();
  for (const name of ['one', 'two']) await user.add(name, { phase: 'creating' });
  screen = await openScreen(['slipway', 'rm', 'one', 'two'], { columns: 100, env: user.env, cwd: user.home });
  await screen.shows('Remove one, two and all that is on it? (y/N)');
});

afterEach(async () => {
  await screen.close();
  await user.remove();
});

const left = async () => (await user.slipway('ls', '--quiet')).stdout;

test('after yes they are gone', async () => {
  await screen.type('y');
  await screen.press('Enter');
  expect(await screen.ended()).toBe(0);
  expect((await screen.lines()).slice(-2)).toEqual(['"one" is removed.', '"two" is removed.']);
  expect(await left()).toBe('');
});

test.each([
  ['Enter', 'Error: Nothing was removed'],
  ['C-c', 'Error: The question was not answered'],
])('after %s they are still there', async (key, sentence) => {
  await screen.press(key);
  expect(await screen.ended()).toBe(130);
  expect((await screen.lines()).at(-1)).toBe(sentence);
  expect(await left()).toBe('one\ntwo\n');
});
