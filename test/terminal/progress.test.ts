import { setTimeout as delay } from 'node:timers/promises';
import { expect, jest, test } from '@jest/globals';
import { run } from '../../src/program.ts';
import { teller } from '../../src/progress.ts';
import { type Style, styleFor, view } from '../../src/terminal/progress.ts';
import { scriptOf } from './screen.ts';

/** A view of this style on a stream that is no terminal, and what was written to it. */
function watch(style: Style) {
  const written: string[] = [];
  const stream = { write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream;
  return { shown: view(style, stream), written };
}

/** What is written of two stages, every time as 0.0. */
async function work(style: Style): Promise<string[]> {
  const { shown, written } = watch(style);
  const tell = teller('dev', shown.report);
  await tell.stage('choose an image', async (note) => note('"debian-12"'));
  await tell.stage('boot', () => Promise.reject(new Error('no memory'))).catch(() => undefined);
  shown.close();
  return written.map((line) => line.replace(/\d+\.\d/, '0.0'));
}

test('plain: a line for each note and each end', async () => {
  expect(await work('plain')).toEqual([
    'dev: choose an image: "debian-12"\n',
    'dev: choose an image  0.0 s\n',
    'dev: boot  failed after 0.0 s\n',
  ]);
});

test('plain: a stage that takes long is named before its end, a short one is not, and none after the close', () => {
  jest.useFakeTimers();
  try {
    const { shown, written } = watch('plain');
    shown.report({ machine: 'dev', stage: 'short', state: 'started' });
    shown.report({ machine: 'dev', stage: 'long', state: 'started' });
    jest.advanceTimersByTime(300);
    shown.report({ machine: 'dev', stage: 'short', state: 'done', seconds: 0.3 });
    shown.report({ machine: 'dev', stage: 'later', state: 'started' });
    jest.advanceTimersByTime(1850);
    shown.close();
    jest.advanceTimersByTime(300);
    expect(written).toEqual(['dev: short  0.3 s\n', 'dev: long ...\n']);
  } finally {
    jest.useRealTimers();
  }
});

test('json: one event a line, whatever is in it', async () => {
  const { shown, written } = watch('json');
  const events = [
    { machine: 'dev', stage: 'boot', state: 'started' },
    { machine: 'dev', stage: 'boot', state: 'note', detail: 'two\nlines, "quotes", \x1b[2J' },
    { machine: 'dev', stage: 'boot', state: 'failed', seconds: 1.5, detail: 'no memory' },
  ] as const;
  events.forEach(shown.report);
  expect(written.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
  expect(written.map((line) => JSON.parse(line))).toEqual(events);
});

test('quiet: nothing', async () => {
  expect(await work('quiet')).toEqual([]);
});

test.each(['plain', 'json', 'quiet', 'live'] as const)('%s: nothing is shown after the close', async (style) => {
  const { shown, written } = watch(style);
  shown.close();
  shown.report({ machine: 'dev', stage: 'boot', state: 'started' });
  shown.report({ machine: 'dev', stage: 'boot', state: 'done', seconds: 1 });
  await delay(200);
  expect(written).toEqual([]);
});

test('a question that fails does not keep the next one, nor what happened meanwhile', async () => {
  const { shown, written } = watch('plain');
  const first = shown.hold(() => delay(50).then(() => Promise.reject(new Error('not answered'))));
  const second = shown.hold(async () => 'yes');
  shown.report({ machine: 'dev', stage: 'boot', state: 'done', seconds: 1 });
  expect(written).toEqual([]);
  await expect(first).rejects.toThrow('not answered');
  expect(await second).toBe('yes');
  expect(written).toEqual(['dev: boot  1.0 s\n']);
});

test('what fits: live on a terminal only, and what was asked for before what would fit', () => {
  const terminal = { isTTY: true } as NodeJS.WriteStream;
  const pipe = {} as NodeJS.WriteStream;
  expect(styleFor({ progress: 'auto', quiet: false }, terminal, { TERM: 'xterm' })).toBe('live');
  expect(styleFor({ progress: 'auto', quiet: false }, terminal, { TERM: 'dumb' })).toBe('plain');
  expect(styleFor({ progress: 'auto', quiet: false }, pipe, { TERM: 'xterm' })).toBe('plain');
  expect(styleFor({ progress: 'plain', quiet: false }, terminal, { TERM: 'xterm' })).toBe('plain');
  expect(styleFor({ progress: 'auto', quiet: true }, terminal, { TERM: 'xterm' })).toBe('quiet');
  expect(styleFor({ progress: 'json', quiet: true }, terminal, { TERM: 'xterm' })).toBe('json');
});

test('a view that is open does not outlive the process’s work, once it is closed', async () => {
  const lines = `
    const shown = $.view('live', process.stderr);
    shown.report({ machine: 'dev', stage: 'boot', state: 'started' });
    shown.close();`;
  const [program = '', ...args] = scriptOf(['src/terminal/progress.ts'], lines);
  expect((await run(program, args)).code).toBe(0);
});
