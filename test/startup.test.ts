import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newUser, type User } from './commands/cli.ts';

/** What esbuild tells of each file that it made: where what is in it comes from. */
interface Built {
  readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, unknown>> }>>;
}

let user: User;
let built: Built;

beforeAll(async () => {
  user = await newUser();
  built = JSON.parse(await readFile('node_modules/.cache/slipway-build.json', 'utf8'));
  await user.addReady('one');
  await user.addReady('off', { driver: 'qemu', flags: {}, adopted: false });
  await user.slipway('use', 'one');
});

afterAll(() => user.remove());

/** The files of dist/ that a command line reads, the packages that are in them, and the modules of Node. */
async function loadedBy(...words: string[]): Promise<{ files: string[]; packages: string[]; node: string[] }> {
  const preload = `--import=${resolve('test/startup.mjs')}`;
  const { stderr } = await user.run(process.execPath, preload, resolve('bin/slipway.js'), ...words);
  const last = JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as { files: string[]; modules: string[] };
  const files = last.files.map((url) => relative('.', fileURLToPath(url))).filter((file) => file.startsWith('dist/'));
  const inputs = files.flatMap((file) => Object.keys(built.outputs[file]?.inputs ?? {}));
  const packages = inputs.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  const node = last.modules.flatMap((name) => /^NativeModule ([a-z_/]+)$/.exec(name)?.[1] ?? []);
  return { files, packages: [...new Set(packages)].sort(), node };
}

/** The command line's library and what it is made of; nothing that speaks to a machine or a cloud. */
const OCLIF =
  /^(@oclif\/core|ansi-escapes|ansi-regex|ansi-styles|ansis|balanced-match|brace-expansion|clean-stack|cli-spinners|color-convert|color-name|debug|ejs|emoji-regex|escape-string-regexp|fdir|get-package-type|has-flag|indent-string|is-docker|is-fullwidth-code-point|is-inside-container|is-wsl|lilconfig|minimatch|ms|picomatch|string-width|strip-ansi|supports-color|tinyglobby|typescript|widest-line|wordwrap|wrap-ansi|wsl-utils)$/;

/** What Node need not load in order to read files and print. */
const SLOW_IN_NODE = ['crypto', 'tls', 'http', 'https', 'http2', 'dns', 'child_process', 'zlib'];

/** bin/ loads what begins; besides there are the core, esbuild's own helpers, and the command. */
const FILES = [/^dist\/terminal\/start\.js$/, /^dist\/chunks\/chunk-\w+\.js$/, /^dist\/chunks\/chunk-\w+\.js$/];

describe('a command that asks nobody reads one bundle and its own file', () => {
  test.each([
    [['env', 'one'], 'env'],
    [['ip', 'one'], 'ip'],
    [['url', 'one'], 'url'],
    [['active'], 'active'],
    [['ls', '-q'], 'ls'],
    [['inspect', 'one'], 'inspect'],
    [['version'], 'version'],
    [['complete', '--', 'ip', ''], 'complete'],
  ])('slipway %j', async (words, command) => {
    const { files, packages, node } = await loadedBy(...words);
    expect(files).toEqual([...FILES.map((pattern) => expect.stringMatching(pattern)), `dist/commands/${command}.js`]);
    expect(packages.filter((name) => !OCLIF.test(name))).toEqual([]);
    expect(node.filter((name) => SLOW_IN_NODE.includes(name))).toEqual([]);
  });

  test.each([[['--version']], [['--help']]])('slipway %j, which has none', async (words) => {
    const { files, packages } = await loadedBy(...words);
    const help = words[0] === '--help' ? ['dist/terminal/help.js'] : [];
    expect(files).toEqual([...FILES.map((pattern) => expect.stringMatching(pattern)), ...help]);
    expect(packages.filter((name) => !OCLIF.test(name))).toEqual([]);
  });
});

test('the state of a machine on this computer takes its driver, and no library', async () => {
  const { files, packages } = await loadedBy('status', 'off');
  expect(files.filter((file) => file.includes('/qemu-'))).toHaveLength(1);
  expect(files.filter((file) => /(amazonec2|azure|google)-/.test(file))).toEqual([]);
  expect(packages.filter((name) => !OCLIF.test(name))).toEqual([]);
});

test('a list asks the engines, and loads nothing for SSH, for certificates or for clouds', async () => {
  const { packages } = await loadedBy('ls', '--timeout', '20');
  expect(packages).toContain('dockerode');
  expect(packages.filter((name) => /^(ssh2|node-forge|@aws-sdk|@azure|@google)/.test(name))).toEqual([]);
});

test('help for a command that makes machines loads no library of a cloud', async () => {
  const { packages } = await loadedBy('create', '--driver', 'azure', '--help');
  expect(packages.filter((name) => !OCLIF.test(name))).toEqual([]);
});

describe('what Node compiled is kept', () => {
  const kept = async (env: NodeJS.ProcessEnv) => {
    await user.run('env', ...Object.entries(env).map(([name, value]) => `${name}=${value}`), 'slipway', 'ls', '-q');
    return (await user.run('find', user.home, '-path', '*slipway/v*', '-type', 'f')).stdout;
  };

  test('in a folder for this user alone', async () => {
    expect(await kept({ XDG_CACHE_HOME: `${user.home}/mine` })).toContain('/mine/slipway/v');
    expect((await user.run('stat', '-c', '%a', `${user.home}/mine/slipway`)).stdout).toBe('700\n');
  });

  test('and not where others can write, or where it is not wanted', async () => {
    await user.run('mkdir', '-p', '-m', '777', `${user.home}/open`, `${user.home}/linked`);
    await user.run('install', '-d', '-m', '777', `${user.home}/open/slipway`);
    await user.run('ln', '-s', user.home, `${user.home}/linked/slipway`);
    for (const folder of ['open', 'linked']) await kept({ XDG_CACHE_HOME: `${user.home}/${folder}` });
    const all = await kept({ XDG_CACHE_HOME: `${user.home}/none`, NODE_DISABLE_COMPILE_CACHE: '1' });
    expect(all).not.toMatch(/open|linked|none/);
  });

  test('and nothing comes of a home that cannot be written to', async () => {
    const words = ['env', 'HOME=/proc', 'XDG_CACHE_HOME=/proc', 'slipway', 'ls', '-q'] as const;
    expect(await user.run(...words)).toEqual({ code: 0, stdout: 'off\none\n', stderr: '' });
  });
});
