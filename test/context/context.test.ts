import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createAuthority, createClient, createServer, type Pair } from '../../src/certs/index.ts';
import {
  type ContextRequest,
  type ContextTls,
  contextExists,
  contextName,
  currentContext,
  readContext,
  removeContext,
  useContext,
  writeContext,
} from '../../src/context/index.ts';
import { output, run } from '../../src/program.ts';
import { startEngine } from '../engine/server.ts';

let folder: string;
let env: NodeJS.ProcessEnv;
let tls: ContextTls;
let renewed: ContextTls;
let server: Pair;

beforeAll(async () => {
  const authority = await createAuthority('Ours');
  const make = async () => ({ ca: authority.cert, ...(await createClient(authority, 'Slipway client')) });
  [tls, renewed] = await Promise.all([make(), make()]);
  server = await createServer(authority, ['127.0.0.1']);
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-context-'));
  env = { PATH: process.env.PATH, HOME: folder, DOCKER_CONFIG: join(folder, 'docker') };
});

afterEach(() => rm(folder, { recursive: true }));

function docker(...args: string[]): Promise<string> {
  return output('docker', ['context', ...args], { env });
}

function request(other: Partial<ContextRequest> = {}): ContextRequest {
  const host = 'tcp://192.0.2.7:2376';
  return { name: 'dev', description: 'Slipway machine dev', host, tls, owner: 'store-1', env, ...other };
}

async function listed(): Promise<object[]> {
  const lines = (await docker('ls', '--format', 'json')).trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

async function inspected(name: string) {
  return JSON.parse(await docker('inspect', name))[0];
}

async function config(text?: string): Promise<string> {
  const path = join(folder, 'docker', 'config.json');
  if (text !== undefined) {
    await mkdir(join(folder, 'docker'), { recursive: true });
    await writeFile(path, text);
  }
  return readFile(path, 'utf8');
}

describe('a context that we write', () => {
  test('is one that the docker CLI made, as far as the CLI can tell', async () => {
    await writeContext(request());
    expect(await listed()).toContainEqual({
      Name: 'dev',
      Description: 'Slipway machine dev',
      DockerEndpoint: 'tcp://192.0.2.7:2376',
      Current: false,
      Error: '',
    });
    const { Storage, ...seen } = await inspected('dev');
    expect(seen).toEqual({
      Name: 'dev',
      Metadata: { Description: 'Slipway machine dev', Slipway: 'store-1' },
      Endpoints: { docker: { Host: 'tcp://192.0.2.7:2376', SkipTLSVerify: false } },
      TLSMaterial: { docker: ['ca.pem', 'cert.pem', 'key.pem'] },
    });
    expect(await readFile(join(Storage.TLSPath, 'docker', 'key.pem'), 'utf8')).toBe(tls.key);
  });

  test('is what the CLI connects with', async () => {
    const engine = await startEngine(server, tls.ca);
    await writeContext(request({ host: `tcp://127.0.0.1:${engine.port}` }));
    const args = ['--context', 'dev', 'version', '--format', '{{.Server.Version}}'];
    const { stdout, stderr } = await run('docker', args, { env });
    await engine.close();
    expect({ stdout, stderr }).toEqual({ stdout: '28.2.2\n', stderr: '' });
  });

  test('goes through export and import with its certificates', async () => {
    await writeContext(request());
    await docker('export', 'dev', join(folder, 'dev.tar'));
    await docker('import', 'copy', join(folder, 'dev.tar'));
    expect(await readContext('copy', env)).toEqual({ ...(await readContext('dev', env)), name: 'copy' });
  });

  test('stays ours when the CLI changes its description', async () => {
    await writeContext(request());
    await docker('update', 'dev', '--description', 'mine');
    expect(await readContext('dev', env)).toMatchObject({ description: 'mine', owner: 'store-1', tls });
  });

  test('can be written again with another address and other certificates', async () => {
    await writeContext(request());
    await writeContext(request({ host: 'tcp://[2001:db8::1]:2376', tls: renewed }));
    expect(await readContext('dev', env)).toMatchObject({ host: 'tcp://[2001:db8::1]:2376', tls: renewed });
    expect((await inspected('dev')).Endpoints.docker.Host).toBe('tcp://[2001:db8::1]:2376');
  });

  test('without certificates, over SSH, keeps none of an earlier one', async () => {
    await writeContext(request());
    const { tls: _, ...bare } = request({ host: 'ssh://me@192.0.2.7:2222' });
    await writeContext(bare);
    expect((await inspected('dev')).TLSMaterial).toEqual({});
    expect(await readContext('dev', env)).toMatchObject({ host: 'ssh://me@192.0.2.7:2222', tls: {} });
  });

  test('is for this user alone', async () => {
    await writeContext(request());
    const { Storage } = await inspected('dev');
    const modes = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
    expect(await modes(join(folder, 'docker', 'contexts'))).toBe('700');
    expect(await modes(join(Storage.TLSPath, 'docker'))).toBe('700');
    expect(await modes(join(Storage.TLSPath, 'docker', 'key.pem'))).toBe('600');
    expect(await modes(join(Storage.MetadataPath, 'meta.json'))).toBe('600');
  });

  test.each(['default', 'x', '', '../x', 'a b', '-rf', 'é'])('cannot be called %j', async (name) => {
    await expect(writeContext(request({ name }))).rejects.toMatchObject({ code: 'bad-input' });
  });
});

describe('a context that somebody else made', () => {
  beforeEach(() => docker('create', 'dev', '--description', 'not yours', '--docker', 'host=tcp://192.0.2.9:2375'));

  test('can be read', async () => {
    expect(await readContext('dev', env)).toEqual({
      name: 'dev',
      description: 'not yours',
      host: 'tcp://192.0.2.9:2375',
      tls: {},
      owner: undefined,
    });
    expect(await readContext('other', env)).toBeUndefined();
    expect([await contextExists('dev', env), await contextExists('other', env)]).toEqual([true, false]);
  });

  test('can be read with its certificates', async () => {
    for (const [part, text] of Object.entries(tls)) await writeFile(join(folder, part), text);
    const files = Object.keys(tls).map((part) => `${part}=${join(folder, part)}`);
    await docker('create', 'secure', '--docker', ['host=tcp://192.0.2.9:2376', ...files].join(','));
    expect(await readContext('secure', env)).toMatchObject({ tls, description: '' });
  });

  test('is never written over, nor is that of another store', async () => {
    const refusal = { code: 'exists', message: 'There is a docker context "dev" already, and it is not ours' };
    await expect(writeContext(request())).rejects.toMatchObject(refusal);
    expect(await readContext('dev', env)).toMatchObject({ description: 'not yours', tls: {} });
    await writeContext(request({ name: 'theirs', owner: 'store-2' }));
    await expect(writeContext(request({ name: 'theirs' }))).rejects.toMatchObject({ code: 'exists' });
  });

  test('is never removed, nor switched away from', async () => {
    await docker('use', 'dev');
    expect(await removeContext('dev', 'store-1', env)).toEqual({ outcome: 'foreign', wasCurrent: false });
    expect(await docker('show')).toBe('dev\n');
  });
});

describe('removing', () => {
  test('leaves no file', async () => {
    await writeContext(request());
    expect(await removeContext('dev', 'store-1', env)).toEqual({ outcome: 'removed', wasCurrent: false });
    expect(await readdir(join(folder, 'docker', 'contexts', 'meta'))).toEqual([]);
    expect(await readdir(join(folder, 'docker', 'contexts', 'tls'))).toEqual([]);
    expect((await listed()).length).toBe(1);
  });

  test('the current one switches back to the default', async () => {
    await writeContext(request());
    await useContext('dev', env);
    expect(await removeContext('dev', 'store-1', env)).toEqual({ outcome: 'removed', wasCurrent: true });
    expect(await docker('show')).toBe('default\n');
    expect(await config()).toBe('{}');
  });

  test('again, or what never was, is no failure', async () => {
    expect(await removeContext('dev', 'store-1', env)).toEqual({ outcome: 'absent', wasCurrent: false });
    await writeContext(request());
    await docker('rm', 'dev');
    expect(await removeContext('dev', 'store-1', env)).toEqual({ outcome: 'absent', wasCurrent: false });
  });
});

describe('after a crash', () => {
  /** The files of a whole context, in the order in which they are made. */
  const FILES = ['tls/ID/docker/ca.pem', 'tls/ID/docker/cert.pem', 'tls/ID/docker/key.pem', 'meta/ID/meta.json'];

  test.each([0, 1, 2, 3])(
    'with only %i files and a draft, docker lists the others; we repair or remove it',
    async (n) => {
      await writeContext(request({ name: 'other' }));
      for (const repair of [true, false]) {
        await writeContext(request());
        await cutTo(n);
        expect(await listed()).toHaveLength(2);
        if (repair) await writeContext(request());
        else await removeContext('dev', 'store-1', env);
        const seen = repair ? (await inspected('dev')).TLSMaterial.docker : await readdir(contexts('tls'));
        expect(seen).toHaveLength(repair ? 3 : 1);
        expect(await listed()).toHaveLength(repair ? 3 : 2);
      }
    },
  );

  function contexts(path: string): string {
    return join(folder, 'docker', 'contexts', path);
  }

  async function cutTo(count: number): Promise<void> {
    const id = (await inspected('dev')).Storage.MetadataPath.replace(/.*\//, '');
    const paths = FILES.map((path) => contexts(path.replace('ID', id)));
    for (const path of paths.slice(count)) await rm(path);
    await writeFile(`${paths[count]}.0123456789ab.draft`, 'half a fi');
  }
});

test('a context whose file is broken is neither written over nor removed', async () => {
  await writeContext(request());
  const { Storage } = await inspected('dev');
  await writeFile(join(Storage.MetadataPath, 'meta.json'), '{"Name":');
  const broken = { code: 'broken', message: expect.stringContaining(Storage.MetadataPath) };
  await expect(readContext('dev', env)).rejects.toMatchObject(broken);
  await expect(writeContext(request())).rejects.toMatchObject(broken);
  await expect(removeContext('dev', 'store-1', env)).rejects.toMatchObject(broken);
  expect(await readFile(join(Storage.MetadataPath, 'meta.json'), 'utf8')).toBe('{"Name":');
});

describe('the current context', () => {
  beforeEach(() => writeContext(request()));

  test('is what docker shows, whoever switched', async () => {
    expect(await currentContext(env)).toBe('default');
    await useContext('dev', env);
    expect(await docker('show')).toBe('dev\n');
    await docker('use', 'default');
    expect(await currentContext(env)).toBe('default');
    await docker('use', 'dev');
    expect(await currentContext(env)).toBe('dev');
    await useContext('default', env);
    expect(await docker('show')).toBe('default\n');
  });

  test.each([
    { DOCKER_CONTEXT: 'other' },
    { DOCKER_HOST: 'tcp://192.0.2.1:1' },
    { DOCKER_HOST: '', DOCKER_CONTEXT: '' },
  ])('in an environment with %j is what docker shows there', async (variables) => {
    await writeContext(request({ name: 'other' }));
    await useContext('dev', env);
    Object.assign(env, variables);
    expect(`${await currentContext(env)}\n`).toBe(await docker('show'));
  });

  test('with both variables is the one that DOCKER_HOST means', async () => {
    Object.assign(env, { DOCKER_CONTEXT: 'dev', DOCKER_HOST: 'tcp://192.0.2.1:1' });
    expect(`${await currentContext(env)}\n`).toBe(await docker('show'));
  });

  test('cannot be one that is not there', async () => {
    await expect(useContext('nowhere', env)).rejects.toMatchObject({
      code: 'not-found',
      message: 'There is no docker context "nowhere"',
    });
  });

  test('is switched without a change to anything else in config.json', async () => {
    const auths = { 'https://r.example/': { auth: 'c2VjcmV0' } };
    const others = { auths, psFormat: '<&>', aliases: { b: 'builder' }, nested: { a: [1, { b: null }] } };
    await config(JSON.stringify(others));
    await useContext('dev', env);
    expect(await config()).toBe(JSON.stringify({ ...others, currentContext: 'dev' }, null, '\t'));
    await useContext('default', env);
    expect(JSON.parse(await config())).toEqual(others);
  });

  test('is written as docker writes it', async () => {
    await config('{"auths":{}}');
    await docker('use', 'dev');
    const theirs = await config();
    await config('{"auths":{}}');
    await useContext('dev', env);
    expect(await config()).toBe(theirs);
  });

  test('is switched through a link, which stays one, and the mode stays', async () => {
    await mkdir(join(folder, 'dotfiles'));
    await symlink('../dotfiles/config.json', join(folder, 'docker', 'config.json'));
    await useContext('dev', env);
    const real = join(folder, 'dotfiles', 'config.json');
    expect(JSON.parse(await readFile(real, 'utf8'))).toEqual({ currentContext: 'dev' });
    expect((await stat(real)).mode & 0o777).toBe(0o600);
    await chmod(real, 0o644);
    await useContext('default', env);
    expect(await readFile(real, 'utf8')).toBe('{}');
    expect((await stat(real)).mode & 0o777).toBe(0o644);
    expect(await readdir(join(folder, 'docker'))).toEqual(['config.json', 'contexts']);
  });

  test('an empty config.json is none', async () => {
    await config('\n');
    await useContext('dev', env);
    expect(await currentContext(env)).toBe('dev');
  });

  test.each(['{', '[]', 'null', '"x"'])('a config.json of %j is left alone, and so is the context', async (text) => {
    await config(text);
    const path = join(folder, 'docker', 'config.json');
    const broken = { code: 'broken', message: `The docker client's settings "${path}" cannot be understood` };
    await expect(useContext('dev', env)).rejects.toMatchObject(broken);
    await expect(currentContext(env)).rejects.toMatchObject(broken);
    await expect(removeContext('dev', 'store-1', env)).rejects.toMatchObject(broken);
    expect(await config()).toBe(text);
    expect(await contextExists('dev', env)).toBe(true);
  });
});

test('no two machines get the same context, and docker takes each', async () => {
  const machines = ['default', 'slipway-default', 'slipway-slipway-default', 'x', 'slipway-x', 'dev', 'slipway-dev'];
  const names = machines.map(contextName);
  expect(names.slice(0, 1).concat(names.slice(3, 6))).toEqual([
    'slipway-default',
    'slipway-x',
    'slipway-slipway-x',
    'dev',
  ]);
  expect(new Set(names).size).toBe(machines.length);
  for (const name of names) await writeContext(request({ name }));
  for (const name of names) expect(await docker('use', name)).toBe(`${name}\n`);
});
