import { afterEach, expect, test } from '@jest/globals';
import { run } from '../../src/program.ts';
import { openScreen, type Screen, scriptOf } from './screen.ts';

let screen: Screen | undefined;

afterEach(async () => {
  await screen?.close();
  screen = undefined;
});

const MODULES = ['src/terminal/prompt.ts', 'src/terminal/signals.ts'];
const ASK = 'const ask = $.prompt((question) => question());';

async function asking(lines: string): Promise<Screen> {
  screen = await openScreen(scriptOf(MODULES, ASK + lines));
  return screen;
}

test('a secret is read, with its corrections, and never shown', async () => {
  const { shows, type, press, ended, lines } = await asking(`
    const secret = await ask.secret('Password for sudo on dev: ');
    console.log(Buffer.from(secret).toString('hex'));`);
  await shows('Password for sudo on dev:');
  await type('s3crxt');
  await press('BSpace', 'BSpace');
  await type('et ü');
  await press('Enter');
  expect(await ended()).toBe(0);
  expect(await lines()).toEqual(['Password for sudo on dev:', Buffer.from('s3cret ü').toString('hex')]);
});

test.each([
  ['y', 'true'],
  ['Yes', 'true'],
  ['n', 'false'],
  ['', 'false'],
  ['yes please', 'false'],
])('%j means %s', async (answer, means) => {
  const { shows, type, press, ended, lines } = await asking(`console.log(await ask.yes('Remove dev?'));`);
  await shows('Remove dev? (y/N)');
  if (answer !== '') await type(answer);
  await press('Enter');
  expect(await ended()).toBe(0);
  expect((await lines()).at(-1)).toBe(means);
});

test.each([
  ['C-c', 'true'],
  ['C-d', 'false'],
])('%s at a question ends it; the work ends with it: %s', async (key, aborted) => {
  const { shows, press, ended } = await asking(`
    const signal = $.interruption(() => 'left');
    const error = await ask.secret('Password: ').catch((error) => error);
    await new Promise((resolve) => setTimeout(resolve, 100));
    console.log(error.code, signal.aborted);`);
  await shows('Password:');
  await press(key);
  await shows(`interrupted ${aborted}`);
  expect(await ended()).toBe(0);
});

test('where there is no terminal nobody is asked', async () => {
  const [program = '', ...args] = scriptOf(MODULES, `${ASK} console.log(ask);`);
  expect((await run(program, args)).stdout).toBe('undefined\n');
});
