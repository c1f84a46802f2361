import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { run } from '../../src/program.ts';
import { follow } from '../../src/provision/follow.ts';
import { render } from '../../src/provision/render.ts';
import { hereDocument, type Step } from '../../src/provision/step.ts';
import { hostile, hostileLines } from './samples.ts';
import { carryOut, shells } from './shells.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-render-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const step = (title: string, run: string, done?: string): Step => ({
  title,
  run,
  hint: `hint for ${title}`,
  ...(done === undefined ? {} : { done }),
});

describe.each(shells)('a script in %s', (...shell) => {
  test('tells each step as it goes', async () => {
    const telling = await carryOut(shell, [
      step('first', 'echo one; echo two >&2'),
      step('second', 'echo never', 'true'),
      step('third', 'printf "no newline"', 'false'),
    ]);
    expect(telling.told).toEqual([
      'start first',
      'log one',
      'log two',
      'done first',
      'start second',
      'skip second',
      'start third',
      'log no newline',
      'done third',
    ]);
    expect(telling).toMatchObject({ complete: true, code: 0 });
  });

  test('stops at the first command that fails, with its status, its hint and the last lines', async () => {
    const telling = await carryOut(shell, [
      step("it's", 'echo before; (exit 3); echo never'),
      step('next', 'echo never'),
    ]);
    expect(telling.told).toEqual(["start it's", 'log before', "fail it's 3"]);
    expect(telling.failed).toEqual({ title: "it's", hint: "hint for it's", status: 3, lastLines: 'before' });
    expect(telling.code).toBe(3);
  });

  test('fails for a variable that is not set', async () => {
    const { failed } = await carryOut(shell, [step('one', 'echo "$not_there"; echo never')]);
    expect(failed?.title).toBe('one');
    expect(failed?.lastLines).not.toContain('never');
  });

  test('is not eaten by a program that reads its input', async () => {
    const { told } = await carryOut(shell, [step('one', 'cat'), step('two', 'echo here')]);
    expect(told).toContain('log here');
  });

  test('a step changes nothing for the next one', async () => {
    const { told } = await carryOut(shell, [
      step('one', 'cd /; set +e; X=1; umask 077'),
      step('two', 'echo "${X-none} $(umask)"'),
    ]);
    expect(told).toContain('log none 0022');
  });

  test('hands values back unchanged', async () => {
    const values = [...hostile, hostileLines, 'x'.repeat(100_000)];
    const steps = values.map((value, index) =>
      step(`give ${index}`, `cat ${hereDocument(value)} | give value-${index}`),
    );
    // The document goes to cat; the pipe must stand on the line that opens it.
    const piped = steps.map((one) => ({
      ...one,
      run: one.run.replace(/^cat (<<'\S+')\n([\s\S]*) \| (give \S+)$/, 'cat $1 | $3\n$2'),
    }));
    const { gave } = await carryOut(shell, piped);
    for (const [index, value] of values.entries()) {
      expect(gave[`value-${index}`]).toBe(value.endsWith('\n') ? value : `${value}\n`);
    }
  });

  test('writes a file as a whole, with its mode, and keeps the mode of one that is there', async () => {
    const file = join(folder, `${shell[0]}-file`);
    const { told } = await carryOut(shell, [
      step('write', `place ${file} 0600 ${hereDocument(hostileLines)}`),
      step('look', `stat -c %a ${file}; chmod 0640 ${file}`),
      step('again', `echo new | place ${file} 0600`),
      step('look again', `stat -c %a ${file}; ls ${folder} | grep -c 'slipway$' || true`),
    ]);
    expect(told.filter((line) => line.startsWith('log'))).toEqual(['log 600', 'log 640', 'log 0']);
    expect(await readFile(file, 'utf8')).toBe('new\n');
  });

  test('finds the newest version that begins with what was wished', async () => {
    const list = ['5:27.3.1-1~debian.12', '5:27.10.0-1~debian.12', '5:28.0.0-1~debian.12', '5:2.7-1', '5:270.1-1'];
    const asked = ['', '27', '27.3', '27.3.1', '2', '27.1', '28.0.0-1~debian.12', '3'];
    const { told } = await carryOut(shell, [
      step('ask', asked.map((one) => `echo "[$(printf '%s\\n' ${list.join(' ')} | newest '${one}')]"`).join('\n')),
    ]);
    expect(told.filter((line) => line.startsWith('log')).map((line) => line.slice(5, -1))).toEqual([
      '5:270.1-1',
      '5:27.10.0-1~debian.12',
      '5:27.3.1-1~debian.12',
      '5:27.3.1-1~debian.12',
      '5:2.7-1',
      '',
      '5:28.0.0-1~debian.12',
      '',
    ]);
  });

  test('tries again while somebody else holds a lock, and only then', async () => {
    const tries = join(folder, `${shell[0]}-tries`);
    const busy = `sh -c 'echo x >>${tries}; if [ $(wc -l <${tries}) -lt 2 ]; then echo "Could not get lock"; exit 100; fi; echo got it'`;
    const first = await carryOut(shell, [step('lock', `patiently 'get lock' ${busy}`)]);
    expect(first.told).toEqual([
      'start lock',
      'log Could not get lock',
      'log Somebody else is at work with the package manager; trying again in 3 s',
      'log got it',
      'done lock',
    ]);
    const second = await carryOut(shell, [step('other', "patiently 'get lock' sh -c 'echo broken; exit 7'")]);
    expect(second.failed).toMatchObject({ status: 7, lastLines: 'broken' });
  });
});

test('a marker without the nonce is only a line of the log', async () => {
  const { told, gave } = await carryOut(
    ['dash'],
    [step('one', 'echo "slipway:other done"; echo "slipway: give a Yg=="')],
  );
  expect(told).toEqual(['start one', 'log slipway:other done', 'log slipway: give a Yg==', 'done one']);
  expect(gave).toEqual({});
});

test('a script that was cut off is not complete', () => {
  const script = follow('n');
  expect(script.result().complete).toBe(false);
  script.line('slipway:n start one');
  script.line('slipway:n done');
  expect(script.result().complete).toBe(false);
  script.line('slipway:n end');
  expect(script.result().complete).toBe(true);
});

test('nothing in a log line can move the cursor', () => {
  const lines: string[] = [];
  const script = follow('n', { log: (line) => lines.push(line) });
  script.line('10%\r50%\r100% \x1b[31mred\x1b[0m \x07bell\x9b2J\r');
  script.line('   ');
  expect(lines).toEqual(['100% red  bell']);
});

test('a secret in a step is in no argument of a program while the script runs', async () => {
  const secret = 'canary-4711';
  const spy = 'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " " >"$0"';
  const seen = join(folder, 'seen');
  const script = render(
    [step('write', `place ${join(folder, 'key')} 0600 ${hereDocument(secret)}\nsh -c '${spy}' ${seen}`)],
    'n0nce',
  );
  const { code } = await run('dash', ['-s'], { input: script });
  expect(code).toBe(0);
  expect(await readFile(seen, 'utf8')).not.toContain(secret);
});
