import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type ProgramResult, run } from '../../src/program.ts';
import { scriptOf } from './screen.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-command-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** The words that run a command whose `run` has these lines; its flags are `progress`, `quiet` and the global ones. */
function commandOf(lines: string, ...argv: string[]): string[] {
  const script = `
    import { setTimeout as delay } from 'node:timers/promises';
    import { writeFileSync } from 'node:fs';
    class Trial extends $.SlipwayCommand {
      static strict = false;
      static flags = $.progressFlags;
      async run() {
        const { argv, flags } = await this.parse(Trial);
        const work = this.work(flags);
        const tell = (machine) => $.teller(machine, work.report);
        ${lines}
      }
    }
    await Trial.run(process.argv.slice(1), { root: ${JSON.stringify(resolve('.'))} }).catch($.handle);`;
  const modules = ['src/terminal/command.ts', 'src/terminal/flags.ts', 'src/errors.ts', 'src/progress.ts'];
  const [program = '', ...args] = scriptOf([...modules, 'node_modules/@oclif/core/lib/errors/index.js'], script);
  return [program, ...args, '--', ...argv];
}

async function command(lines: string, ...argv: string[]): Promise<ProgramResult> {
  const [program = '', ...args] = commandOf(lines, ...argv);
  return run(program, args);
}

test.each([
  ['bad-input', 2],
  ['not-found', 1],
  ['timeout', 1],
  ['interrupted', 130],
])('an error of ours, %s, is a sentence, its reason and what to do; exit code %d', async (code, exit) => {
  const result = await command(`
    throw new $.SlipwayError('${code}', 'There is no "x"', { hint: 'Make it.', cause: new Error('two\\nlines') });`);
  expect(result).toEqual({ code: exit, stdout: '', stderr: 'Error: There is no "x": two\nlines\n  Make it.\n' });
});

test('an error of the system is a sentence', async () => {
  const { code, stderr } = await command(`writeFileSync('/no/such/file', '');`);
  expect(code).toBe(1);
  expect(stderr).toBe("Error: ENOENT: no such file or directory, open '/no/such/file'\n");
});

test.each(['undefined.x', `writeFileSync(7.5, '')`, 'throw 7'])('a fault of ours is told as one: %s', async (fault) => {
  const { code, stderr } = await command(`${fault};`);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Error: Slipway has a fault: .+ \(--debug shows where\)\n$/);
});

test('--debug adds where the error and its reasons come from', async () => {
  const fault = `throw new $.SlipwayError('failed', 'Above', { cause: new TypeError('below') });`;
  const { stderr } = await command(fault, '--debug');
  expect(stderr).toMatch(/^Error: Above: below\nSlipwayError: Above\n {4}at Trial\.run/);
  expect(stderr).toContain('Caused by TypeError: below\n    at ');
});

test('a flag that there is not is told in a sentence', async () => {
  const { code, stderr } = await command('', '--frobnicate');
  expect(code).toBe(2);
  expect(stderr).toBe('Error: Nonexistent flag: --frobnicate\nSee more help with --help\n');
});

test('what a host said cannot clear the screen', async () => {
  const { stderr } = await command(`throw new $.SlipwayError('failed', 'It said "\\x1b[2J\\x9b2J"');`);
  expect(stderr).toBe('Error: It said "[2J2J"\n');
});

test('of several each is told, in their order, and the code is the first failure’s', async () => {
  const { code, stdout, stderr } = await command(
    `await this.perform(argv, async (name) => {
      if (name === 'b') throw new $.SlipwayError('interrupted', 'b stopped');
      if (name === 'c') throw new $.SlipwayError('failed', 'c failed');
      return tell(name).stage('boot', () => delay(name === 'a' ? 300 : 10));
    }, (name) => name + ' is up.');`,
    ...['a', 'b', 'c', 'd', '--progress', 'plain'],
  );
  expect(code).toBe(130);
  expect(stdout).toBe('a is up.\nd is up.\n');
  expect(stderr).toMatch(
    /^d: boot {2}0\.\d s\na: boot {2}0\.\d s\nError: b stopped\n {2}That is "b".\nError: c failed\n {2}That is "c".\n$/,
  );
});

test('--quiet leaves the answer and the errors', async () => {
  const { stdout, stderr } = await command(
    `await tell('a').stage('boot', async (note) => note('x')); this.log('the answer');`,
    '--quiet',
  );
  expect({ stdout, stderr }).toEqual({ stdout: 'the answer\n', stderr: '' });
});

test('--progress json puts events on standard error and nothing else there', async () => {
  const { stdout, stderr } = await command(
    `await tell('a').stage('boot', async (note) => note('x')); this.log('the answer');`,
    '--progress=json',
  );
  expect(stdout).toBe('the answer\n');
  const events = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.map(({ state }) => state)).toEqual(['started', 'note', 'done']);
});

test.each(['plain', 'json', 'auto'])('the work goes on when nobody reads its %s progress any more', async (style) => {
  const proof = join(folder, 'done');
  const lines = `
    for (let n = 0; n < 5; n++) await tell('a').stage('boot', (note) => delay(50).then(() => note('x')));
    this.log('the answer');
    writeFileSync(${JSON.stringify(proof)}, '');`;
  const [program = '', ...args] = commandOf(lines, '--progress', style);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.destroy();
  child.stdout.destroy();
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(existsSync(proof)).toBe(true);
});

test('a signal aborts the work, which ends with 130', async () => {
  const lines = `
    this.log('working');
    await this.perform(['a'], (name) => tell(name).stage('boot', () =>
      delay(9000, undefined, { signal: work.signal }).catch(() => {
        throw new $.SlipwayError('interrupted', 'Interrupted while waiting for a');
      })), String);`;
  const [program = '', ...args] = commandOf(lines, '--progress', 'plain');
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  expect(await once(child, 'close')).toEqual([130, null]);
  expect(stderr).toMatch(/a: boot {2}failed after \d\.\d s\nError: Interrupted while waiting for a\n$/);
});
