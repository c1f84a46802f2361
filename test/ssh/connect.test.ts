import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { hintOf, type SlipwayError } from '../../src/errors.ts';
import { output } from '../../src/program.ts';
import {
  connect,
  fetchHostKeys,
  fingerprint,
  generateKey,
  type Stage,
  StageError,
  type Target,
} from '../../src/ssh/index.ts';
import { freePort, type Sshd, startSshd } from '../hosts/sshd.ts';
import { deadPort, type Listener, listener } from './listeners.ts';
import { targetOf } from './target.ts';

let folder: string;
let sshd: Sshd;
let rsaKey: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-connect-'));
  await output('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', join(folder, 'rsa')]);
  rsaKey = (await readFile(join(folder, 'rsa.pub'), 'utf8')).trim();
  const rsa = await readFile(join(folder, 'rsa'), 'utf8');
  const { privateKey } = await generateKey('host');
  sshd = await startSshd({ config: ['LogLevel DEBUG1'], hostKeys: [privateKey, rsa] });
});

afterAll(async () => {
  await sshd.remove();
  await rm(folder, { recursive: true });
});

async function failure(target: Target, options: Parameters<typeof connect>[1] = {}): Promise<StageError> {
  try {
    (await connect(target, options)).close();
  } catch (error) {
    if (error instanceof StageError) return error;
    throw error;
  }
  throw new Error('It did connect');
}

describe('a host', () => {
  test('that shows a pinned key is logged in to, stage by stage', async () => {
    const stages: Stage[] = [];
    const [hostKey = ''] = await fetchHostKeys(sshd.host, sshd.port);
    const connection = await connect(targetOf(sshd, { hostKeys: [hostKey] }), {
      onStage: (stage) => stages.push(stage),
    });
    expect((await connection.run('echo in')).stdout).toBe('in\n');
    connection.close();
    expect(stages).toEqual(['port', 'banner', 'host key', 'authentication', 'shell']);
  });

  test('with several keys shows the one that is pinned', async () => {
    const connection = await connect(targetOf(sshd, { hostKeys: [rsaKey] }));
    connection.close();
  });

  test('shows all its keys to whoever asks, and nobody tries to log in', async () => {
    const before = sshd.log().length;
    const keys = await fetchHostKeys(sshd.host, sshd.port);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toMatch(/^ssh-ed25519 AAAA/);
    expect(rsaKey.startsWith(keys[1] ?? 'nothing')).toBe(true);
    expect(sshd.log().slice(before)).not.toContain('userauth-request');
  });

  test('whose key has changed is refused before anything about us is sent', async () => {
    const other = (await generateKey('other')).publicKey;
    const [shown = ''] = await fetchHostKeys(sshd.host, sshd.port);
    const before = sshd.log().length;
    const error = await failure(targetOf(sshd, { hostKeys: [other] }));
    expect([error.stage, error.code]).toEqual(['host key', 'unsafe']);
    expect(error.message).toBe(
      `The host key of "127.0.0.1:${sshd.port}" is ssh-ed25519 ${fingerprint(shown)}, but the known one is ssh-ed25519 ${fingerprint(other)}`,
    );
    expect(error.hint).toBeDefined();
    const log = sshd.log().slice(before);
    expect(log).toContain('Connection from 127.0.0.1');
    expect(log).not.toContain('userauth-request');
  });

  test('of which no key is known is refused', async () => {
    expect((await failure(targetOf(sshd, { hostKeys: [] }))).code).toBe('unsafe');
  });

  test('whose pinned key is of a kind that it no longer has is refused with both fingerprints', async () => {
    const bare = await startSshd();
    const error = await failure(targetOf(bare, { hostKeys: [rsaKey] }));
    expect(error.code).toBe('unsafe');
    expect(error.message).toContain(`ssh-ed25519 ${fingerprint(bare.hostKey)}`);
    expect(error.message).toContain(`ssh-rsa ${fingerprint(rsaKey)}`);
    await bare.remove();
  });
});

describe('a login', () => {
  let target: Target;
  beforeAll(async () => {
    target = targetOf(sshd, { hostKeys: await fetchHostKeys(sshd.host, sshd.port) });
  });

  test('with a key that the host does not know says which key, which user and what it accepts', async () => {
    const stranger = await generateKey('stranger');
    const error = await failure({ ...target, identity: { privateKey: stranger.privateKey } });
    expect([error.stage, error.code]).toEqual(['authentication', 'refused']);
    expect(error.message).toBe(
      `"127.0.0.1:${sshd.port}" does not let "${sshd.user}" in: tried publickey with ${fingerprint(stranger.publicKey)}; it accepts publickey`,
    );
    expect(error.hint).toContain('authorized_keys');
  });

  test('as a user that the host does not know is refused in the same way', async () => {
    const error = await failure({ ...target, user: 'no-such-user' });
    expect([error.stage, error.code]).toEqual(['authentication', 'refused']);
    expect(error.message).toContain('does not let "no-such-user" in');
  });

  test('goes through an agent', async () => {
    const agent = await startAgent();
    await output('ssh-add', ['-q', join(sshd.folder, 'client')], { env: agent.env });
    const connection = await connect({ ...target, identity: { agent: agent.socket } });
    expect((await connection.run('echo agent')).stdout).toBe('agent\n');
    connection.close();
    await agent.stop();
  });

  test('through an agent without a key, or one that is not there, says so before it connects', async () => {
    const agent = await startAgent();
    await expect(connect({ ...target, identity: { agent: agent.socket } })).rejects.toThrow(
      `The SSH agent at "${agent.socket}" holds no key`,
    );
    await agent.stop();
    await expect(connect({ ...target, identity: { agent: join(folder, 'none') } })).rejects.toThrow('does not answer');
  });

  test('with a key that needs a passphrase, or is none, says so', async () => {
    const file = join(folder, 'locked');
    await output('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret', '-f', file]);
    const locked = connect({ ...target, identity: { privateKey: await readFile(file, 'utf8') } });
    const error: SlipwayError = await locked.then(Promise.reject, (reason) => reason);
    expect([error.code, error.message]).toEqual(['bad-input', 'The SSH private key cannot be used']);
    expect(error.hint).toContain('ssh-add');
    await expect(connect({ ...target, identity: { privateKey: 'nonsense' } })).rejects.toThrow('cannot be used');
  });
});

describe('the way to a host that is not there ends', () => {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });

  async function failureAt(port: number, timeout = 500): Promise<StageError> {
    return failure(targetOf(sshd, { port }), { timeout });
  }

  async function meeting(meet: Parameters<typeof listener>[0]): Promise<Listener> {
    const met = await listener(meet);
    cleanups.push(met.close);
    return met;
  }

  test('at the address, for a name that nobody knows', async () => {
    const error = await failure(targetOf(sshd, { host: 'no-such-host.invalid' }));
    expect([error.stage, error.code]).toEqual(['address', 'not-found']);
    expect(error.message).toBe('The host name "no-such-host.invalid" leads to no address');
  });

  test('at the port, where nothing listens', async () => {
    const port = await freePort();
    const error = await failureAt(port);
    expect([error.stage, error.code]).toEqual(['port', 'refused']);
    expect(error.message).toBe(`"127.0.0.1:${port}" refuses connections`);
  });

  test('at the port, where packets are lost', async () => {
    const dead = await deadPort();
    cleanups.push(dead.close);
    const error = await failureAt(dead.port);
    expect([error.stage, error.code]).toEqual(['port', 'timeout']);
    expect(error.message).toBe(`"127.0.0.1:${dead.port}" does not answer`);
  });

  test('at the banner, where somebody listens in silence', async () => {
    const silent = await meeting(() => undefined);
    const error = await failureAt(silent.port);
    expect([error.stage, error.code]).toEqual(['banner', 'timeout']);
    expect(error.message).toBe(`"127.0.0.1:${silent.port}" accepts connections but does not greet as an SSH server`);
    expect(hintOf(error)).toContain('booting');
  });

  test('at the banner, where connections are closed or cut at once', async () => {
    const closing = await meeting((socket) => socket.end());
    const cutting = await meeting((socket) => socket.resetAndDestroy());
    for (const { port } of [closing, cutting]) {
      const error = await failureAt(port);
      expect([error.stage, error.code]).toEqual(['banner', 'refused']);
    }
  });

  test('at the banner, with what another service says', async () => {
    const mail = await meeting((socket) => socket.write('220 mail.example ready\r\n'));
    const error = await failureAt(mail.port);
    expect(error.stage).toBe('banner');
    expect(error.message).toContain('"220 mail.example ready"');
  });

  test('at the host key, where the server goes away or says no more', async () => {
    const leaving = await meeting((socket) => socket.end('SSH-2.0-leaving\r\n'));
    const mute = await meeting((socket) => socket.write('SSH-2.0-mute\r\n'));
    expect(await failureAt(leaving.port)).toMatchObject({ stage: 'host key', code: 'failed' });
    expect(await failureAt(mute.port)).toMatchObject({ stage: 'host key', code: 'timeout' });
  });

  test('when it is interrupted', async () => {
    const silent = await meeting(() => undefined);
    const signal = AbortSignal.timeout(100);
    await expect(connect(targetOf(sshd, { port: silent.port }), { signal })).rejects.toMatchObject({
      code: 'interrupted',
    });
    await expect(connect(targetOf(sshd), { signal })).rejects.toMatchObject({ code: 'interrupted' });
  });
});

test('a server may speak before it greets', async () => {
  const chatty = await listener((socket) => socket.write('welcome\r\nSSH-2.0-chatty\r\n'));
  const error = await failure(targetOf(sshd, { port: chatty.port }), { timeout: 300 });
  expect(error.stage).toBe('host key');
  await chatty.close();
});

/** A real ssh-agent that holds nothing yet. */
async function startAgent() {
  const socket = join(folder, `agent-${Math.random().toString(36).slice(2)}`);
  const text = await output('ssh-agent', ['-s', '-a', socket]);
  const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(text)?.[1]);
  return {
    socket,
    env: { ...process.env, SSH_AUTH_SOCK: socket },
    stop: async () => void process.kill(pid),
  };
}
