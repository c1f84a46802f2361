import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connect, fetchHostKeys, StageError, waitForSsh } from '../../src/ssh/index.ts';
import { freePort, type Sshd, startSshd } from '../hosts/sshd.ts';
import { targetOf } from './target.ts';

let between: Sshd;
let closed: Sshd;
let inside: Sshd;

beforeAll(async () => {
  [between, closed, inside] = await Promise.all([
    startSshd({ config: ['LogLevel DEBUG1'] }),
    startSshd({ config: ['AllowTcpForwarding no'] }),
    startSshd(),
  ]);
});

afterAll(() => Promise.all([between.remove(), closed.remove(), inside.remove()]));

const VISIT = 'Connection from';
const WAY = 'server_request_direct_tcpip';
const LOGIN = 'Accepted publickey';
const count = (sshd: Sshd, words: string) => sshd.log().split(words).length;
const throughBetween = () => targetOf(inside, { via: targetOf(between) });

describe('a host behind another', () => {
  test('is logged in to, and all of it ends together', async () => {
    const connection = await connect(throughBetween());
    expect((await connection.run('echo in')).stdout).toBe('in\n');
    expect(between.log()).toContain(`direct-tcpip`);
    connection.close();
    await expect(connection.run('echo again')).rejects.toThrow(/lost/);
  });

  test('shows its own key, and is refused for another', async () => {
    const wrong = connect({ ...throughBetween(), hostKeys: [between.hostKey] });
    await expect(wrong).rejects.toMatchObject({ code: 'unsafe', stage: 'host key' });
  });

  test('shows its key to whoever asks through the host in between, and nobody tries to log in to it', async () => {
    const [ways, visits, logins] = [count(between, WAY), count(inside, VISIT), count(inside, LOGIN)];
    const keys = await fetchHostKeys(inside.host, inside.port, { via: targetOf(between) });
    expect(keys).toEqual([expect.stringMatching(/^ssh-ed25519 /)]);
    expect(inside.hostKey).toContain(keys[0]);
    expect(count(between, WAY) - ways).toBe(count(inside, VISIT) - visits);
    expect(count(inside, VISIT)).toBeGreaterThan(visits);
    expect(count(inside, LOGIN)).toBe(logins);
    const forbidden = fetchHostKeys(inside.host, inside.port, { via: targetOf(closed) });
    await expect(forbidden).rejects.toMatchObject({ code: 'unsupported', stage: 'port' });
  });

  test('is not asked for where the host in between shows another key', async () => {
    const via = targetOf(between, { hostKeys: [inside.hostKey] });
    await expect(connect(targetOf(inside, { via }))).rejects.toMatchObject({ code: 'unsafe', stage: 'host key' });
  });

  test('that is off is told from one that may not be reached', async () => {
    const off = { ...throughBetween(), port: await freePort() };
    await expect(connect(off)).rejects.toMatchObject({ code: 'refused', stage: 'port' });
    const forbidden = connect(targetOf(inside, { via: targetOf(closed) }));
    await expect(forbidden).rejects.toMatchObject({ code: 'unsupported', stage: 'port' });
    await expect(forbidden).rejects.toBeInstanceOf(StageError);
  });

  test('is waited for over one login to the host in between', async () => {
    await inside.stop();
    const before = count(between, LOGIN);
    const waiting = waitForSsh(throughBetween(), { limit: 60_000 });
    setTimeout(() => inside.start(), 1500);
    const { connection } = await waiting;
    expect((await connection.run('echo up')).stdout).toBe('up\n');
    expect(count(between, LOGIN) - before).toBe(1);
    connection.close();
  });
});
