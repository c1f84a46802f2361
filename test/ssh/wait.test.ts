import { rm, writeFile } from 'node:fs/promises';
import { connect as dial } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { codeOf, hintOf, SlipwayError, sentenceOf } from '../../src/errors.ts';
import { generateKey, type Stage, type Target, waitForSsh } from '../../src/ssh/index.ts';
import { freePort, type Sshd, startSshd } from '../hosts/sshd.ts';
import { listener } from './listeners.ts';
import { targetOf } from './target.ts';

let sshd: Sshd;

beforeAll(async () => {
  sshd = await startSshd();
});

afterAll(() => sshd.remove());

/** How long it took after an event, in milliseconds. */
async function arrival(target: Parameters<typeof waitForSsh>[0], event: Promise<number>): Promise<number> {
  const { connection } = await waitForSsh(target, { limit: 90_000 });
  const arrived = performance.now();
  expect((await connection.run('echo ready')).stdout).toBe('ready\n');
  connection.close();
  return arrived - (await event);
}

function later(ms: number, work: () => unknown): Promise<number> {
  return new Promise((resolve) => {
    setTimeout(async () => {
      await work();
      resolve(performance.now());
    }, ms);
  });
}

describe('a host that comes up', () => {
  test('is noticed at once, and each stage is told once and in order', async () => {
    await sshd.stop();
    const stages: Stage[] = [];
    let asked = 0;
    const target = async () => (++asked < 3 ? undefined : targetOf(sshd));
    const waiting = waitForSsh(target, { limit: 90_000, stage: (stage) => stages.push(stage) });
    const up = await later(1000, sshd.start);
    const { connection } = await waiting;
    expect(performance.now() - up).toBeLessThan(45_000);
    connection.close();
    expect(stages).toEqual(['address', 'port', 'banner', 'host key', 'authentication', 'shell']);
  });

  test('is noticed although earlier connections hang, as behind the network of an emulator', async () => {
    let up = false;
    const network = await listener((socket) => {
      if (!up) return; // accepted, and never answered
      const guest = dial(sshd.port, '127.0.0.1').on('error', () => socket.destroy());
      socket.pipe(guest).pipe(socket);
    });
    const booted = later(1500, () => {
      up = true;
    });
    expect(await arrival(targetOf(sshd, { port: network.port }), booted)).toBeLessThan(45_000);
    await network.close();
  });

  test('is noticed where connections are cut until then', async () => {
    let up = false;
    const network = await listener((socket) => {
      if (!up) return void socket.resetAndDestroy();
      const guest = dial(sshd.port, '127.0.0.1').on('error', () => socket.destroy());
      socket.pipe(guest).pipe(socket);
    });
    const booted = later(800, () => {
      up = true;
    });
    expect(await arrival(targetOf(sshd, { port: network.port }), booted)).toBeLessThan(45_000);
    await network.close();
  });

  test('may take a while to learn our key', async () => {
    const file = join(sshd.folder, 'authorized_keys');
    await rm(file);
    const learnt = later(700, () => writeFile(file, `${sshd.client.publicKey}\n`));
    expect(await arrival(targetOf(sshd), learnt)).toBeLessThan(45_000);
  });
});

describe('the wait ends', () => {
  async function failure(target: Target | (() => Promise<undefined>), limit: number, signal?: AbortSignal) {
    const began = performance.now();
    const error = await waitForSsh(target, { limit, signal }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return { code: codeOf(error), sentence: sentenceOf(error), hint: hintOf(error), took: performance.now() - began };
  }

  test('at once where another host key is shown', async () => {
    const { publicKey } = await generateKey('other');
    const { code, took } = await failure(targetOf(sshd, { hostKeys: [publicKey] }), 90_000);
    expect(code).toBe('unsafe');
    expect(took).toBeLessThan(45_000);
  });

  test('at once where our own key cannot be read', async () => {
    const { code, took } = await failure(targetOf(sshd, { identity: { privateKey: '' } }), 90_000);
    expect(code).toBe('bad-input');
    expect(took).toBeLessThan(45_000);
  });

  test('at once where the account runs no commands, with what it says', async () => {
    const cloud = await startSshd({ config: ['ForceCommand echo "Please log in as debian"; exit 142'] });
    const { sentence, took } = await failure(targetOf(cloud), 90_000);
    expect(sentence).toBe(`"${cloud.user}" runs no commands on "127.0.0.1:${cloud.port}": Please log in as debian`);
    expect(took).toBeLessThan(45_000);
    await cloud.remove();
  });

  test('at once where it is known that the host will not come up', async () => {
    const off = new SlipwayError('failed', '"dev" went off while it was starting');
    const target = () => Promise.reject(off);
    await expect(waitForSsh(target, { limit: 1000 })).rejects.toBe(off);
  });

  test('when it is interrupted', async () => {
    const nobody = targetOf(sshd, { port: await freePort() });
    const { code, took } = await failure(nobody, 90_000, AbortSignal.timeout(200));
    expect(code).toBe('interrupted');
    expect(took).toBeLessThan(45_000);
  });

  test('at its limit, at the address', async () => {
    const { code, sentence, took } = await failure(async () => undefined, 600);
    expect([code, sentence]).toEqual(['timeout', 'Waited 1 s for SSH: The machine has no address yet']);
    expect(took).toBeLessThan(45_000);
  });

  test('at its limit, at the port', async () => {
    const port = await freePort();
    const { sentence, hint } = await failure(targetOf(sshd, { port }), 600);
    expect(sentence).toMatch(`Waited 1 s for SSH: "127.0.0.1:${port}" refuses connections`);
    expect(hint).toContain('may still be starting');
  });

  test('at its limit, at the banner', async () => {
    const silent = await listener(() => undefined);
    const { sentence, hint, took } = await failure(targetOf(sshd, { port: silent.port }), 3000);
    expect(sentence).toBe(
      `Waited 3 s for SSH: "127.0.0.1:${silent.port}" accepts connections but does not greet as an SSH server`,
    );
    expect(hint).toContain('booting');
    expect(took).toBeLessThan(45_000);
    await silent.close();
  });

  test('at its limit, at the authentication', async () => {
    const { privateKey } = await generateKey('stranger');
    const { sentence, hint, took } = await failure(targetOf(sshd, { identity: { privateKey } }), 6000);
    expect(sentence).toMatch(`Waited 6 s for SSH: "127.0.0.1:${sshd.port}" does not let "${sshd.user}" in`);
    expect(hint).toContain('authorized_keys');
    expect(took).toBeLessThan(45_000);
  });
});
