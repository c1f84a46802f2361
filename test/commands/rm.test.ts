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

test('nothing is asked about what would not go anyway', async () => {
  await user.add('three', { protected: true });
  const { code, stdout, stderr } = await user.slipway('rm', 'three', 'four');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('"three" is protected');
  expect(stderr).toContain('There is no machine "four"');
});

test('where there is nobody to ask, nothing goes', async () => {
  const { code, stderr } = await user.slipway('rm', 'one');
  expect({ code, stderr }).toEqual({ code: 2, stderr: 'Error: There is no terminal to ask at\n  Add --yes.\n' });
  expect(await left()).toBe('one\ntwo\n');
});

test('what comes to be there while the question is open stays', async () => {
  const other = await openScreen(['slipway', 'rm', 'one', 'four'], { columns: 100, env: user.env, cwd: user.home });
  await other.shows('Remove one and all that is on it? (y/N)');
  await user.add('four', { phase: 'creating' });
  await other.type('y');
  await other.press('Enter');
  expect(await other.ended()).toBe(1);
  await other.close();
  expect(await left()).toBe('four\ntwo\n');
});
