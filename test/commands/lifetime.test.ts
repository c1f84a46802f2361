import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readMachine } from '../../src/store/machine.ts';
import { newUser, type User } from './cli.ts';

let user: User;

beforeEach(async () => {
  user = await newUser();
});

afterEach(() => user.remove());

const from = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
const phase = 'creating';

test('ls shows what is left of a time, where one has an end', async () => {
  await user.add('ends', { phase, lifetime: { ends: from(2 * 3600 + 90), idle: 1800 } });
  await user.add('over', { phase, lifetime: { ends: from(-60) } });
  await user.add('stays', { phase, protected: true });
  const { stdout } = await user.slipway('ls');
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/).slice(0, 5))).toEqual([
    ['NAME', 'ACTIVE', 'DRIVER', 'STATE', 'LEFT'],
    ['ends', '-', 'generic', 'Interrupted', '2h1m, idle 30m'],
    ['over', '-', 'generic', 'Interrupted', 'over'],
    ['stays', '-', 'generic', 'Interrupted', expect.any(String)],
    [''],
  ]);
  const rows = JSON.parse((await user.slipway('ls', '--json')).stdout);
  expect(rows).toMatchObject([{ lifetime: { idle: 1800, ends: expect.any(String) } }, {}, { protected: true }]);
});

test('a protected machine is not removed, not even by force', async () => {
  await user.add('dev', { adopted: true });
  expect(await user.slipway('protect', 'dev')).toMatchObject({ stdout: '"dev" is protected from rm and gc.\n' });
  for (const flag of ['--yes', '--force']) {
    expect(await user.slipway('rm', flag, 'dev')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'Error: "dev" is protected\n  If it shall go all the same: slipway unprotect dev\n',
    });
  }
  expect(await readMachine(user.store, 'dev')).toMatchObject({ protected: true, phase: 'ready' });
  expect((await user.slipway('unprotect', 'dev')).stdout).toBe('"dev" is not protected any more.\n');
  expect(await user.slipway('rm', '--yes', 'dev')).toMatchObject({ code: 0, stdout: '"dev" is removed.\n' });
});

test('what an interrupted create left can be protected, too, from the next one', async () => {
  await user.add('dev', { phase, adopted: true });
  await user.slipway('protect', 'dev');
  const words = ['--driver', 'generic', '--generic-ip-address', '127.0.0.1', 'dev'];
  expect(await user.slipway('create', '--quiet', ...words)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Error: "dev" is protected\n'),
  });
});

test('who is protected and goes by itself all the same is told so', async () => {
  await user.add('dev', { lifetime: { ends: from(7230), idle: 600 } });
  expect((await user.slipway('protect', 'dev')).stdout).toBe(
    '"dev" is protected from rm and gc. It still goes by itself in 2h, or after 10m without use.\n',
  );
});

test('what cannot be extended is told why', async () => {
  await user.add('stays');
  await user.add('idles', { lifetime: { idle: 600 } });
  await user.add('half', { phase, lifetime: { ends: from(60) } });
  const lines = ['extend dev', 'extend stays soon', 'extend stays 1h', 'extend idles 1h', 'extend half 1h'];
  const told = await user.slipways(lines.map((line) => line.split(' ')));
  expect(told.map(({ code, stderr }) => [code, stderr.split('\n')[0]])).toEqual([
    [2, 'Error: Which machine, and by how much?'],
    [2, 'Error: "soon" is no length of time'],
    [1, 'Error: "stays" has no end that could be moved'],
    [1, 'Error: "idles" has no end that could be moved'],
    [1, 'Error: "half" is not a finished machine'],
  ]);
});
