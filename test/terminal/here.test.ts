import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { waitFor } from '../../src/poll.ts';
import { startOf } from '../../src/store/process.ts';
import { openScreen, type Screen, scriptOf } from './screen.ts';

let folder: string;
let screen: Screen | undefined;
const started: ChildProcessWithoutNullStreams[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-here-'));
});

afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await screen?.close();
  screen = undefined;
});

afterAll(() => rm(folder, { recursive: true }));

/** The words of a program that runs a line of the shell as `slipway run` does, and then tidies up. */
function words(line: string): string[] {
  const script = `
    const signals = $.signalsFor(() => process.exit(99));
    const say = (text) => process.stderr.write(text + '\\n');
    const telling = { say, tell: (error) => say(error.message) };
    process.stderr.on('error', () => undefined);
    const code = await $.runHere(['sh', '-c', ${JSON.stringify(line)}], process.env, signals, telling);
    await new Promise((resolve) => setTimeout(resolve, 100));
    (await import('node:fs')).writeFileSync(${JSON.stringify(join(folder, 'tidy'))}, String(code));
    process.exit(code);`;
  return scriptOf(['src/terminal/here.ts', 'src/terminal/signals.ts'], script);
}

/** Starts it without a terminal; `told` is what it has printed so far. */
function start(line: string) {
  const [program = '', ...args] = words(line);
  const child = spawn(program, args, { detached: true });
  started.push(child);
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    told += chunk;
  });
  const said = text(child.stderr);
  const says = (what: string) =>
    waitFor({ what: `"${what}" in "${told}"`, limit: 60_000, pause: 50 }, async () => told.includes(what) || undefined);
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  return { child, says, ended, said, told: () => told };
}

/** Zombies are not: whoever inherits them may take its time. */
const isThere = async (pid: number) => (await startOf(pid)) !== '';

test('streams and the exit code pass through', async () => {
  const { child, ended, said, told } = start('cat; echo to the side >&2; exit 7');
  child.stdin.end('through');
  expect(await ended).toBe(7);
  expect(told()).toBe('through');
  expect(await said).toBe('to the side\n');
});

test('a death by a signal is told as shells tell it', async () => {
  const { ended } = start('kill -KILL $$');
  expect(await ended).toBe(137);
});

test.each([
  ['SIGINT', 'INT'],
  ['SIGTERM', 'TERM'],
  ['SIGHUP', 'HUP'],
  ['SIGQUIT', 'QUIT'],
  ['SIGUSR1', 'USR1'],
] as const)('%s reaches the command, once', async (signal, name) => {
  const { child, says, ended, told } = start(
    `trap 'echo ${name}; n=$((n+1))' ${name}; echo ready; until [ -n "$n" ]; do sleep 0.1; done; sleep 0.4; exit $((n+40))`,
  );
  await says('ready');
  child.kill(signal);
  expect(await ended).toBe(41);
  expect(told()).toBe(`ready\n${name}\n`);
});

test('what the command started gets it as well, and its time to end', async () => {
  const { child, says, ended } = start(
    `sh -c 'trap "sleep 1; echo done; exit" TERM; echo ready; while :; do sleep 0.1; done' & wait`,
  );
  await says('ready');
  child.kill('SIGTERM');
  await says('done');
  expect(await ended).toBe(143);
});

test('a command that ignores signals is killed after ten seconds, with what it started', async () => {
  const { child, says, ended, said, told } = start(
    `trap '' INT TERM HUP; sh -c 'echo pid $$.; exec sleep 300' & echo ready; wait; sleep 300`,
  );
  await says('ready');
  await says('.');
  const began = performance.now();
  child.kill('SIGTERM');
  expect(await ended).toBe(137);
  expect(performance.now() - began).toBeGreaterThan(9500);
  expect(await isThere(Number(/pid (\d+)/.exec(told())?.[1]))).toBe(false);
  expect(await said).toBe(
    '"sh" has 10 s to end; Ctrl-C again kills it at once.\n"sh" did not end within 10 s, and is killed.\n',
  );
});

test('the second signal kills it at once; one that comes twice at the same moment is one', async () => {
  const { child, says, ended, said, told } = start(`trap 'echo INT' INT; echo ready; while :; do sleep 0.1; done`);
  await says('ready');
  child.kill('SIGINT');
  await delay(20);
  child.kill('SIGINT');
  await delay(1000);
  expect(told()).toBe('ready\nINT\n');
  child.kill('SIGINT');
  expect(await ended).toBe(137);
  expect(await said).not.toContain('did not end within');
});

test('what goes on in the background after the command is left alone', async () => {
  const { ended, told } = start('sleep 20 >/dev/null 2>&1 & echo $!');
  expect(await ended).toBe(0);
  const pid = Number(told());
  expect(await isThere(pid)).toBe(true);
  process.kill(pid, 'SIGKILL');
});

test('on a terminal Ctrl-C reaches the command once, which can use the terminal', async () => {
  const line = `trap 'echo "<INT>"; n=1' INT; read -r typed </dev/tty; echo "typed $typed"; until [ -n "$n" ]; do sleep 0.1; done; sleep 0.5; exit 5`;
  screen = await openScreen(words(line));
  await delay(500);
  await screen.type('hello');
  await screen.press('Enter');
  await screen.shows('typed hello');
  await screen.press('C-c');
  expect(await screen.ended()).toBe(5);
  const all = (await screen.lines()).join('\n');
  expect(all.match(/<INT>/g)).toHaveLength(1);
});

test('on a terminal a command that ignores Ctrl-C is killed at the second', async () => {
  screen = await openScreen(words(`trap '' INT; sh -c 'echo pid $$.; exec sleep 300' & wait; sleep 300`));
  const shown = (await screen.shows(/pid \d+\./)).join('\n');
  await screen.press('C-c');
  await screen.shows('Ctrl-C again kills it');
  await screen.press('C-c');
  expect(await screen.ended()).toBe(137);
  expect(await isThere(Number(/pid (\d+)/.exec(shown)?.[1]))).toBe(false);
});

test('when the terminal is closed, the command is ended, and all is tidied up', async () => {
  await rm(join(folder, 'tidy'), { force: true });
  screen = await openScreen(words(`trap '' HUP; echo pid $$.; exec sleep 300`));
  const shown = (await screen.shows(/pid \d+\./)).join('\n');
  await screen.close();
  screen = undefined;
  const tidied = await waitFor({ what: 'the end', limit: 60_000, pause: 100 }, () =>
    readFile(join(folder, 'tidy'), 'utf8').catch(() => undefined),
  );
  expect(tidied).toBe('137');
  expect(await isThere(Number(/pid (\d+)/.exec(shown)?.[1]))).toBe(false);
});
