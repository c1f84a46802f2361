import { Writable } from 'node:stream';
import { afterEach, expect, test } from '@jest/globals';
import { view } from '../../src/terminal/progress.ts';
import { openScreen, type Screen, type ScreenOptions, scriptOf } from './screen.ts';

let screen: Screen | undefined;

afterEach(async () => {
  await screen?.close();
  screen = undefined;
});

/** A script with a live view in `shown`, and short words for what happens. */
async function watch(lines: string, options: ScreenOptions = {}): Promise<Screen> {
  const words = `
    import { setTimeout as delay } from 'node:timers/promises';
    const shown = $.view('live', process.stderr);
    const report = (state, machine, stage, more) => shown.report({ machine, stage, state, ...more });
    const started = (machine, stage) => report('started', machine, stage);
    const note = (machine, stage, detail) => report('note', machine, stage, { detail });
    const at = (machine, stage, detail) => report('at', machine, stage, { detail });
    const done = (machine, stage) => report('done', machine, stage, { seconds: 1.23 });
    const failed = (machine, stage) => report('failed', machine, stage, { seconds: 1.23, detail: 'why' });`;
  const modules = ['src/terminal/progress.ts', 'src/terminal/prompt.ts'];
  screen = await openScreen(scriptOf(modules, words + lines), options);
  return screen;
}

test('what is under way stands below what has happened, and nothing is left at the end', async () => {
  const { shows, ended, lines } = await watch(`
    started('one', 'make disk'); started('two', 'wait for SSH');
    note('two', 'wait for SSH', 'port open');
    await delay(700);
    done('one', 'make disk'); started('one', 'boot');
    await delay(700);
    failed('one', 'boot'); done('two', 'wait for SSH');
    shown.close(); console.log('the end');`);
  expect(await shows('✓ one')).toEqual([
    '  two  wait for SSH: port open',
    '✓ one  make disk  1.2 s',
    expect.stringMatching(/^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] two {2}wait for SSH {2}1 s$/),
    expect.stringMatching(/^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] one {2}boot {2}0 s$/),
  ]);
  expect(await ended()).toBe(0);
  expect(await lines()).toEqual([
    '  two  wait for SSH: port open',
    '✓ one  make disk  1.2 s',
    '✗ one  boot  failed after 1.2 s',
    '✓ two  wait for SSH  1.2 s',
    'the end',
  ]);
});

test('how far a stage has come stands behind it, and does not stay', async () => {
  const { shows, ended, lines } = await watch(`
    started('one', 'wait for SSH'); at('one', 'wait for SSH', 'port'); at('one', 'wait for SSH', 'banner');
    await delay(700); done('one', 'wait for SSH'); shown.close(); console.log('the end');`);
  expect(await shows('banner')).toEqual([expect.stringMatching(/^. one {2}wait for SSH {2}\d s {2}banner$/)]);
  expect(await ended()).toBe(0);
  expect(await lines()).toEqual(['✓ one  wait for SSH  1.2 s', 'the end']);
});

test('a stage that is under way shows its seconds, and is erased when the view is closed in its midst', async () => {
  const { shows, ended, lines } = await watch(`
    started('one', 'wait for SSH'); await delay(1200); shown.close(); done('one', 'wait for SSH');
    await delay(300); console.log('the end');`);
  await shows('  1 s');
  expect(await ended()).toBe(0);
  expect(await lines()).toEqual(['the end']);
});

test('forty machines on ten lines leave only what has happened', async () => {
  const { shows, ended, lines } = await watch(
    `const names = Array.from({ length: 40 }, (_, n) => 'm' + n);
    for (const name of names) started(name, 'wait for SSH');
    await delay(800);
    for (const name of names) done(name, 'wait for SSH');
    shown.close(); console.log('the end');`,
    { columns: 40, rows: 10 },
  );
  expect(await shows('40 machines')).toEqual([expect.stringMatching(/^. wait for SSH {2}40 machines {2}\d s {2}"m0"/)]);
  expect(await ended()).toBe(0);
  expect(await lines()).toEqual([...Array.from({ length: 40 }, (_, n) => `✓ m${n}  wait for SSH  1.2 s`), 'the end']);
});

test('of a hundred machines their stages are counted, and what stays is what became of each', async () => {
  const { shows, ended, lines } = await watch(
    `const names = Array.from({ length: 100 }, (_, n) => 'web-' + (n + 1));
    for (const name of names) started(name, 'create');
    for (const name of names) started(name, 'make the instance');
    for (const name of names.slice(0, 60)) { done(name, 'make the instance'); started(name, 'wait for SSH'); }
    await delay(800);
    failed('web-100', 'make the instance'); failed('web-100', 'create');
    for (const name of names.slice(0, 60)) { done(name, 'wait for SSH'); done(name, 'create'); }
    for (const name of names.slice(60, 99)) { done(name, 'make the instance'); done(name, 'create'); }
    shown.close(); console.log('the end');`,
    { columns: 70, rows: 10 },
  );
  expect(await shows('60 machines')).toEqual([
    expect.stringMatching(/^. wait for SSH {2}60 machines {2}\d s {2}"web-1" … "web-60"$/),
    expect.stringMatching(/^. make the instance {2}40 machines {2}\d s {2}"web-61" … "web-100"$/),
  ]);
  expect(await ended()).toBe(0);
  expect(await lines()).toEqual([
    '✗ web-100  make the instance  failed after 1.2 s',
    '✗ web-100  create  failed after 1.2 s',
    ...Array.from({ length: 99 }, (_, n) => `✓ web-${n + 1}  create  1.2 s`),
    'the end',
  ]);
});

test('on a narrow terminal long lines below are cut, and long ones above are whole', async () => {
  const detail = 'the image "debian-12" is taken from the cache, since it is there';
  const { ended, lines } = await watch(
    `started('machine-with-a-long-name', 'wait until cloud-init is done');
    await delay(400); note('machine-with-a-long-name', 'wait', ${JSON.stringify(detail)});
    await delay(400); done('machine-with-a-long-name', 'wait until cloud-init is done');
    shown.close(); console.log('the end');`,
    { columns: 20, rows: 10 },
  );
  expect(await ended()).toBe(0);
  const text = (await lines()).join('');
  expect(text).toContain(`  machine-with-a-long-name  wait: ${detail}✓ machine`);
  expect(text.match(/cloud-init/g)).toHaveLength(1); // of the line that moved nothing is left
});

test('what a terminal that became narrower has wrapped is erased whole', async () => {
  let written = '';
  const stream = Object.assign(
    new Writable({
      write: (chunk, _encoding, done) => {
        written += chunk;
        done();
      },
    }),
    {
      columns: 70,
      rows: 10,
    },
  );
  const shown = view('live', stream as unknown as NodeJS.WriteStream);
  shown.report({ machine: 'one', stage: 'a stage whose words fill more than half of a line', state: 'started' });
  stream.columns = 30;
  written = '';
  shown.close();
  expect(written).toBe(`\x1b[2K${'\x1b[1F\x1b[2K'.repeat(3)}`); // 61 letters on lines of 30
});

test('Ctrl-C leaves no trace', async () => {
  const { shows, press, ended, lines } = await watch(`
    started('one', 'wait for SSH');
    process.once('SIGINT', () => delay(300).then(() => { shown.close(); process.stdout.write('.\\n'); }));
    await delay(2000);`);
  await shows('one');
  await press('C-c');
  expect(await ended()).toBe(0);
  expect(await lines()).toEqual(['.']);
});

test('what a host says cannot move the cursor or clear the screen', async () => {
  const { ended, lines } = await watch(`
    note('one', 'set up', 'first\\r\\nsecond \\x1b[2J\\x1b[31m\\x07\\x9b2J third');
    shown.close(); console.log('the end');`);
  expect(await ended()).toBe(0);
  expect(await lines()).toEqual(['  one  set up: first second [2J[31m2J third', 'the end']);
});

test('while a person is asked nothing is drawn; what happened meanwhile is told afterwards', async () => {
  const { shows, type, press, ended, lines } = await watch(`
    started('one', 'wait for SSH'); started('two', 'find out about sudo');
    const ask = $.prompt(shown.hold);
    const answers = Promise.all([ask.yes('Remove one?'), ask.yes('Remove two?')]);
    await delay(300);
    done('one', 'wait for SSH');
    const told = (await answers).join();
    shown.close(); console.log(told);`);
  expect(await shows('Remove one? (y/N)')).toEqual(['Remove one? (y/N)']);
  await type('yes');
  expect((await shows('yes')).join('\n')).toBe('Remove one? (y/N) yes');
  await press('Enter');
  await shows('Remove two? (y/N)');
  await press('Enter');
  expect(await ended()).toBe(0);
  expect(await lines()).toEqual([
    'Remove one? (y/N) yes',
    'Remove two? (y/N)',
    '✓ one  wait for SSH  1.2 s',
    'true,false',
  ]);
});
