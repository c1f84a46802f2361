import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { run } from '../../src/program.ts';
import {
  type Command,
  generateKey,
  knownHosts,
  type SshHost,
  scpCommand,
  sshCommand,
  sshConfig,
} from '../../src/ssh/index.ts';
import { type Sshd, startSshd } from '../hosts/sshd.ts';

let one: Sshd;
let two: Sshd;
/** A folder with all in its name that ssh's configuration could stumble over. */
let folder: string;

beforeAll(async () => {
  [one, two] = await Promise.all([startSshd(), startSshd()]);
  folder = join(one.folder, `100%h "of" it's #1 $HOME\\`);
  await mkdir(folder);
});

afterAll(() => Promise.all([one.remove(), two.remove()]));

/** The files that the system's ssh needs for a server, under this name. */
async function hostFor(sshd: Sshd, name: string, hostKey = sshd.hostKey): Promise<SshHost> {
  const { host, port, user } = sshd;
  const [identityFile, knownHostsFile] = [join(folder, `${name} key`), join(folder, `${name} hosts`)];
  await writeFile(identityFile, sshd.client.privateKey, { mode: 0o600 });
  await writeFile(knownHostsFile, knownHosts(host, port, [hostKey]));
  return { host, port, user, identityFile, knownHostsFile };
}

async function start({ program, args }: Command) {
  return run(program, args, { env: { ...process.env, SSH_AUTH_SOCK: undefined } });
}

describe("the system's ssh", () => {
  test('runs a command, and gives its output and exit code', async () => {
    const result = await start(sshCommand(await hostFor(one, 'right'), `printf %s 'a  b'; exit 5`));
    expect(result).toEqual({ code: 5, stdout: 'a  b', stderr: '' });
  });

  test('hands over a command that begins with a dash, and does not take it for an option', async () => {
    const before = one.log().length;
    const { stderr } = await start(sshCommand(await hostFor(one, 'dash'), '-V'));
    expect(stderr).not.toContain('OpenSSH_');
    expect(one.log().slice(before)).toContain('Starting session: command');
  });

  test('goes through another host, whose keys are as well known', async () => {
    const inside = await hostFor(two, 'inside');
    const through = { ...inside, via: await hostFor(one, 'between') };
    expect(await start(sshCommand(through, 'echo in'))).toEqual({ code: 0, stdout: 'in\n', stderr: '' });
    const wrong = { ...inside, via: await hostFor(one, 'stranger', two.hostKey) };
    expect(await start(sshCommand(wrong, 'echo in'))).toMatchObject({ code: 255, stdout: '' });
  });

  test('asks for a terminal when it is told to', async () => {
    expect(sshCommand(await hostFor(one, 'tty'), 'top', { tty: true }).args).toContain('-t');
  });

  test('does not log in where another host key is shown', async () => {
    const other = await generateKey('other');
    const { code, stderr } = await start(sshCommand(await hostFor(one, 'wrong', other.publicKey), 'true'));
    expect(code).toBe(255);
    expect(stderr).toContain('Host key verification failed');
  });

  test.each(['-oProxyCommand=touch /tmp/x', '', 'a b', 'a\nb', '$(id)', '%h', 'a"b', '*', '!a'])(
    'is never given %j as a host or user',
    async (hostile) => {
      const host = await hostFor(one, 'hostile');
      expect(() => sshCommand({ ...host, host: hostile })).toThrow('cannot be given to ssh');
      expect(() => sshCommand({ ...host, user: hostile })).toThrow('cannot be given to ssh');
      expect(() => sshConfig([{ ...host, alias: hostile }])).toThrow('cannot be given to ssh');
    },
  );

  test('is never given a path or port that it would read otherwise', async () => {
    const host = await hostFor(one, 'paths');
    expect(() => sshCommand({ ...host, identityFile: '/a\nProxyCommand x' })).toThrow('cannot be given to ssh');
    expect(() => sshCommand({ ...host, knownHostsFile: `/$\{HOME}/x` })).toThrow('cannot be given to ssh');
    expect(() => sshCommand({ ...host, port: 0 })).toThrow('"0" is not a port number');
  });
});

describe("the system's scp", () => {
  let config: string;
  beforeAll(async () => {
    config = join(folder, 'config');
    const hosts = [
      { alias: 'one', ...(await hostFor(one, 'one')) },
      { alias: 'two', ...(await hostFor(two, 'two')) },
    ];
    await writeFile(config, sshConfig(hosts));
  });

  test('copies to a machine and from it, a file with a colon too', async () => {
    const here = join(one.folder, 'here');
    await writeFile(here, 'content');
    const there = join(one.folder, 'there file');
    expect(await start(scpCommand(config, [{ path: here }], { alias: 'one', path: there }))).toMatchObject({ code: 0 });
    expect(await readFile(there, 'utf8')).toBe('content');
    const { program, args } = scpCommand(config, [{ alias: 'one', path: there }], { path: 'back:again' });
    expect(await run(program, args, { cwd: one.folder })).toMatchObject({ code: 0 });
    expect(await readFile(join(one.folder, 'back:again'), 'utf8')).toBe('content');
  });

  test('copies a folder between two machines with different ports and keys', async () => {
    await mkdir(join(one.folder, 'tree', 'deep'), { recursive: true });
    await writeFile(join(one.folder, 'tree', 'deep', 'leaf'), 'leaf');
    const from = { alias: 'one', path: join(one.folder, 'tree') };
    const to = { alias: 'two', path: join(two.folder, 'copy') };
    const result = await start(scpCommand(config, [from], to, { recursive: true, quiet: true }));
    expect(result).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await readFile(join(two.folder, 'copy', 'deep', 'leaf'), 'utf8')).toBe('leaf');
    expect(two.log()).toContain('Accepted publickey');
  });

  test('takes a file that begins with a dash for a file', async () => {
    await writeFile(join(one.folder, '-r'), 'dash');
    const { program, args } = scpCommand(config, [{ path: '-r' }], { alias: 'one', path: join(one.folder, 'dashed') });
    expect(await run(program, args, { cwd: one.folder })).toMatchObject({ code: 0 });
    expect(await readFile(join(one.folder, 'dashed'), 'utf8')).toBe('dash');
  });
});
