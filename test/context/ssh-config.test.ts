import { lstat, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { excludeFromSsh, includeInSsh } from '../../src/context/index.ts';
import { output } from '../../src/program.ts';

let home: string;
let config: string;
let ours: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'slipway-ssh-config-'));
  config = join(home, '.ssh', 'config');
  ours = join(home, 'a store', 'ssh_config');
  await mkdir(join(home, 'a store'));
  await writeFile(ours, 'Host dev.slipway\n  HostName 192.0.2.7\n  User ours\n');
});

afterEach(() => rm(home, { recursive: true }));

/** What ssh makes of a file of configuration. */
const userOf = async (host: string) => /^user (.*)$/m.exec(await output('ssh', ['-G', '-F', config, host]))?.[1];

test('ssh reads ours first, and the user’s own after it', async () => {
  await mkdir(join(home, '.ssh'), { mode: 0o700 });
  await writeFile(config, 'Host *\n  User theirs\n', { mode: 0o600 });
  await includeInSsh(ours, home);
  expect([await userOf('dev.slipway'), await userOf('elsewhere')]).toEqual(['ours', 'theirs']);
});

test('doing it twice changes nothing, and taking it back leaves what was there', async () => {
  await mkdir(join(home, '.ssh'), { mode: 0o700 });
  await writeFile(config, 'Host x\n  Port 2222\n', { mode: 0o600 });
  await includeInSsh(ours, home);
  const once = await readFile(config, 'utf8');
  await includeInSsh(ours, home);
  expect(await readFile(config, 'utf8')).toBe(once);
  await excludeFromSsh(ours, home);
  expect(await readFile(config, 'utf8')).toBe('Host x\n  Port 2222\n');
});

test('a folder and a file that are not there yet are made for nobody else', async () => {
  await includeInSsh(ours, home);
  expect([(await stat(join(home, '.ssh'))).mode & 0o777, (await stat(config)).mode & 0o777]).toEqual([0o700, 0o600]);
  expect(await userOf('dev.slipway')).toBe('ours');
});

test('a file that is a link elsewhere stays one', async () => {
  await mkdir(join(home, '.ssh'));
  await mkdir(join(home, 'dotfiles'));
  await writeFile(join(home, 'dotfiles', 'ssh'), 'Host x\n  Port 2222\n');
  await symlink(join(home, 'dotfiles', 'ssh'), config);
  await includeInSsh(ours, home);
  expect((await lstat(config)).isSymbolicLink()).toBe(true);
  expect(await readFile(join(home, 'dotfiles', 'ssh'), 'utf8')).toContain('Host x\n');
});

test('taking back what never was there makes nothing', async () => {
  await excludeFromSsh(ours, home);
  await expect(stat(config)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a path that ssh would take for something else is refused', async () => {
  await expect(includeInSsh('/a"b', home)).rejects.toMatchObject({ code: 'bad-input' });
});
