import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import hetzner from '../../../src/drivers/hetzner/index.ts';
import { contextInUse, tokenFor } from '../../../src/drivers/hetzner/token.ts';
import { createUntilSsh, newCloudUser } from '../../clouds/cli.ts';
import type { User } from '../../commands/cli.ts';
import { useCloud } from './cloud.ts';

const cloud = useCloud();

describe('the token', () => {
  let folder = '';
  const before = { ...process.env };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-hcloud-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  beforeEach(() => {
    for (const name of ['HCLOUD_TOKEN', 'HETZNER_API_TOKEN', 'HCLOUD_CONTEXT']) delete process.env[name];
    process.env.HCLOUD_CONFIG = join(folder, 'cli.toml');
  });
  afterEach(() => {
    delete process.env.HCLOUD_CONFIG;
    Object.assign(process.env, before);
  });

  const FILE = `active_context = "one"

[[contexts]]
  name = "one"
  token = "of-\\"one\\""

[[contexts]]
  name = 'two'
  token = 'of-two'

[preferences]
  token = "of nobody"
`;

  test('is that of the environment before that of a context', async () => {
    await writeFile(join(folder, 'cli.toml'), FILE);
    expect(tokenFor(undefined)).toBe('of-"one"');
    expect(tokenFor('two')).toBe('of-two');
    expect(contextInUse(undefined)).toBe('one');
    process.env.HETZNER_API_TOKEN = 'older';
    expect(tokenFor('two')).toBe('older');
    process.env.HCLOUD_TOKEN = 'newer';
    expect(tokenFor('two')).toBe('newer');
    expect(contextInUse('two')).toBeUndefined();
  });

  test('is that of the context that was active when the machine was made', async () => {
    await writeFile(join(folder, 'cli.toml'), FILE);
    expect(hetzner.candidates?.({})[0]).toMatchObject({ 'hetzner-context': 'one' });
    expect(hetzner.candidates?.({ 'hetzner-context': 'two' })[0]).toMatchObject({ 'hetzner-context': 'two' });
    expect(hetzner.fleet?.scope({ 'hetzner-context': 'two' })).toBe('two');
  });

  test('is missed with a sentence that says where it was looked for', async () => {
    await writeFile(join(folder, 'cli.toml'), FILE);
    expect(() => tokenFor('three')).toThrow(
      expect.objectContaining({ code: 'no-credentials', message: expect.stringContaining('the context "three"') }),
    );
    process.env.HCLOUD_CONFIG = join(folder, 'none.toml');
    expect(() => tokenFor(undefined)).toThrow(expect.objectContaining({ code: 'no-credentials' }));
    await mkdir(join(folder, 'folder.toml'), { recursive: true });
    process.env.HCLOUD_CONFIG = join(folder, 'folder.toml');
    expect(() => tokenFor(undefined)).toThrow(expect.objectContaining({ code: 'no-credentials' }));
  });

  test('is sent to nobody without TLS', async () => {
    process.env.HCLOUD_TOKEN = 'secret';
    const endpoint = process.env.HCLOUD_ENDPOINT;
    process.env.HCLOUD_ENDPOINT = 'http://api.example.org/v1';
    await expect(hetzner.fleet?.survey({})).rejects.toMatchObject({ code: 'unsafe' });
    process.env.HCLOUD_ENDPOINT = endpoint;
  });
});

describe('a token of another project', () => {
  let user: User;
  beforeAll(async () => {
    user = await newCloudUser(cloud());
    await createUntilSsh(cloud(), user, 'dev');
  });
  afterAll(() => user.remove());

  test('finds nothing, and takes nothing for gone', async () => {
    const there = await cloud().left();
    user.env.HCLOUD_TOKEN = cloud().elsewhere;
    const { code, stderr } = await user.slipway('rm', '-y', 'dev');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('Nothing of "dev" is to be found') });
    expect(stderr).toContain('slipway rm --force dev');
    expect(await cloud().left()).toEqual(there);
  });

  test('one that may only read finds it, and says what it may not', async () => {
    user.env.HCLOUD_TOKEN = cloud().reader;
    expect((await user.slipway('ls')).stdout).toMatch(/dev/);
    const { code, stderr } = await user.slipway('rm', '-y', 'dev');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('may only "Read"') });
    user.env.HCLOUD_TOKEN = cloud().env.HCLOUD_TOKEN;
    expect(await user.slipway('rm', '-y', 'dev')).toMatchObject({ code: 0 });
    expect(await cloud().left()).toEqual([]);
  });
});
