import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from '@jest/globals';
import { scriptOf } from './screen.ts';

let child: ChildProcess | undefined;

afterEach(() => {
  child?.kill('SIGKILL');
  child = undefined;
});

/** A process that works until it is interrupted, and then takes half a second to undo it. */
async function working() {
  const lines = `
    const signal = $.interruption(() => 'A disk is left.');
    const work = setInterval(() => undefined, 1000);
    signal.addEventListener('abort', () => {
      console.log('undoing');
      setTimeout(() => { console.log('undone'); clearInterval(work); }, 500);
    });
    console.log('working');`;
  const [program = '', ...args] = scriptOf(['src/terminal/signals.ts'], lines);
  child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let told = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text) => {
      told += text;
    });
  const says = async (what: string) => {
    while (!told.includes(what)) await once(child?.stdout ?? process, 'data');
  };
  await says('working');
  return { process: child, says, told: () => told };
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('the first %s lets the work be undone', async (signal) => {
  const { process, told } = await working();
  process.kill(signal);
  expect(await once(process, 'close')).toEqual([0, null]);
  expect(told()).toBe('working\nundoing\nundone\n');
});

test('the second ends it at once, and says what is left', async () => {
  const { process, says, told } = await working();
  process.kill('SIGINT');
  await says('undoing');
  process.kill('SIGTERM');
  expect(await once(process, 'close')).toEqual([130, null]);
  expect(told()).toContain('A disk is left.');
  expect(told()).not.toContain('undone');
});
