import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newUser, type User } from './cli.ts';

let user: User;
let victim: string;

beforeAll(async () => {
  user = await newUser();
  await user.add('dev');
  victim = join(user.home, 'victim');
  await mkdir(victim);
  await writeFile(join(victim, 'precious'), '');
});

afterAll(() => user.remove());

const HINT = 'Use up to 63 letters, digits, dots and hyphens, with a letter or a digit first and last.';

test('rm refuses what cannot be a name, and touches nothing', async () => {
  const names = [
    ['../../victim', '"../../victim"'],
    ['a;touch pwned', '"a;touch pwned"'],
    ['$(touch pwned)', '"$(touch pwned)"'],
    ['', '""'],
    ['🐳', '"🐳"'],
    ['\x1b[2J\n', String.raw`"\u001b[2J\n"`],
    ['x'.repeat(300), `"${'x'.repeat(77)}..."`],
  ] as const;
  expect(await user.slipways(names.map(([name]) => ['rm', '--force', name]))).toEqual(
    names.map(([, quoted]) => ({
      code: 2,
      stdout: '',
      stderr: `Error: ${quoted} cannot be the name of a machine\n  ${HINT}\n`,
    })),
  );
  expect(existsSync(join(victim, 'precious'))).toBe(true);
  expect(existsSync(join(user.home, 'pwned'))).toBe(false);
});

test('a name that looks like a flag is taken for one, and after -- for a name', async () => {
  const flag = await user.slipway('rm', '-rf');
  expect(flag).toMatchObject({ code: 2, stderr: 'Error: Nonexistent flag: -rf\nSee more help with --help\n' });
  const name = await user.slipway('rm', '--force', '--', '-rf');
  expect(name).toMatchObject({ code: 2, stderr: `Error: "-rf" cannot be the name of a machine\n  ${HINT}\n` });
});

test('no command makes a path of such a name', async () => {
  const one = ['config', 'env', 'inspect', 'logs', 'ssh', 'use', 'version'];
  const several = ['create', 'ip', 'kill', 'provision', 'regenerate-certs', 'restart', 'start', 'status', 'stop'];
  const lines = [...one, ...several, 'upgrade', 'url'].map((command) => [command, '../../victim']);
  const answers = await user.slipways(lines);
  for (const [n, { code, stdout, stderr }] of answers.entries()) {
    expect([lines[n], code, stdout, stderr.split('\n')[0]]).toEqual([
      ...[lines[n], 2, ''],
      'Error: "../../victim" cannot be the name of a machine',
    ]);
  }
});

test('one bad name among good ones, and nothing is done with any', async () => {
  expect(await user.slipway('rm', '--yes', 'dev', '../x')).toMatchObject({ code: 2, stdout: '' });
  expect((await user.slipway('ls', '--quiet')).stdout).toBe('dev\n');
});

test('in a copy a path with such a name is a path', async () => {
  expect(await user.slipway('scp', '../x:a', 'b')).toEqual({
    code: 2,
    stdout: '',
    stderr: 'Error: Neither side is on a machine\n  Write NAME:PATH for a path on one: dev:/tmp/file\n',
  });
});
