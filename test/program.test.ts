import { existsSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sentenceOf } from '../src/errors.ts';
import { findProgram, lastLines, output, run } from '../src/program.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-program-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const sh = (script: string) => ['-c', script] as const;

test('gives what was printed, and the exit code, whatever it is', async () => {
  const result = await run('sh', sh('echo one; echo two >&2; exit 7'));
  expect(result).toEqual({ code: 7, stdout: 'one\n', stderr: 'two\n' });
});

test('words arrive as they are: there is no shell between', async () => {
  const words = ['a b', '$(touch pwned)', '; touch pwned', '`touch pwned`', '*', '"', "'", 'two\nlines', ''];
  const { stdout } = await run('printf', ['<%s>', ...words], { cwd: folder });
  expect(stdout).toBe(words.map((word) => `<${word}>`).join(''));
  expect(existsSync(join(folder, 'pwned'))).toBe(false);
});

test('input reaches it, and one that does not read its input is no failure', async () => {
  const big = 'x'.repeat(1_000_000);
  expect((await run('wc', ['-c'], { input: big })).stdout.trim()).toBe('1000000');
  expect((await run('true', [], { input: big })).code).toBe(0);
});

test('lines come whole and as they are printed, the last one too, and letters are not cut', async () => {
  const seen: string[] = [];
  const heard = (line: string) => join(folder, line);
  const script = `printf 'on'; sleep 0.3; printf 'e\\nt\\303'; until [ -e ${heard('one')} ]; do sleep 0.1; done
    printf '\\274r\\nend'`;
  await run('sh', sh(script), {
    onLine: (line) => {
      seen.push(line);
      writeFileSync(heard(line), '');
    },
  });
  expect(seen).toEqual(['one', 'tür', 'end']);
});

test('a failure in the listener is the caller’s, not the process’s', async () => {
  const onLine = () => {
    throw new Error('cannot listen');
  };
  await expect(run('sh', sh('echo one; sleep 0.2'), { onLine })).rejects.toThrow('cannot listen');
});

test('what is not installed is named', async () => {
  await expect(run('no-such-program', [])).rejects.toMatchObject({
    code: 'missing-program',
    message: 'The program "no-such-program" is not installed',
  });
});

test('a signal ends it, and it is gone when we are told so', async () => {
  const tidied = join(folder, 'tidied');
  const signal = AbortSignal.timeout(300);
  const script = `trap 'sleep 0.3; touch ${tidied}; exit 0' TERM; while :; do sleep 0.05; done`;
  await expect(run('sh', sh(script), { signal })).rejects.toMatchObject({ code: 'interrupted' });
  expect(existsSync(tidied)).toBe(true);
});

test('a signal that came before lets nothing happen', async () => {
  const made = join(folder, 'made');
  const work = run('sh', sh(`sleep 0.2; touch ${made}`), { signal: AbortSignal.abort() });
  await expect(work).rejects.toMatchObject({ code: 'interrupted' });
  expect(existsSync(made)).toBe(false);
});

test('output fails with the last lines of what was said', async () => {
  const work = output('sh', sh('seq 1 9 >&2; exit 3'));
  const error = await work.catch((thrown: unknown) => thrown);
  expect(sentenceOf(error)).toBe('sh ended with exit code 3: 5\n6\n7\n8\n9');
  await expect(output('sh', sh('echo only this; exit 1'))).rejects.toMatchObject({ cause: new Error('only this') });
  await expect(output('false', [])).rejects.toMatchObject({ cause: new Error('it printed nothing') });
  await expect(output('sh', sh('kill -9 $$'))).rejects.toMatchObject({ message: 'sh was ended by a signal' });
  expect(await output('echo', ['fine'])).toBe('fine\n');
});

test('finds what could be started by its name, and nothing else', async () => {
  const [first, second] = [join(folder, 'first'), join(folder, 'second')];
  await mkdir(join(first, 'tool'), { recursive: true }); // a folder of that name
  await mkdir(second);
  await writeFile(join(first, 'plain'), '');
  await writeFile(join(second, 'tool'), '#!/bin/sh\n', { mode: 0o755 });
  await symlink('/nowhere', join(first, 'broken'));
  const env = { PATH: `${first}:/no/such/folder::${second}` };
  expect(await findProgram('tool', env)).toBe(join(second, 'tool'));
  expect(await findProgram('plain', env)).toBeUndefined();
  expect(await findProgram('broken', env)).toBeUndefined();
  expect(await findProgram('tool', {})).toBeUndefined();
});

test('the last lines leave out blank ones', () => {
  expect(lastLines('a\n\nb\n \nc\n\n', 2)).toBe('b\nc');
  expect(lastLines('', 2)).toBe('');
});
