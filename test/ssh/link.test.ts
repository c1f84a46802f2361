import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sentenceOf } from '../../src/errors.ts';
import { connect } from '../../src/ssh/index.ts';
import { type Sshd, startSshd } from '../hosts/sshd.ts';
import { cable } from './listeners.ts';
import { targetOf } from './target.ts';

let sshd: Sshd;

beforeAll(async () => {
  sshd = await startSshd();
});

afterAll(() => sshd.remove());

describe('a connection that is lost', () => {
  test('because the host died ends every command with a sentence, and each that follows', async () => {
    const connection = await connect(targetOf(sshd));
    const running = [1, 2, 3].map(() => connection.run('echo begun; sleep 5').catch(sentenceOf));
    await connection.run('true');
    await sshd.cut();
    const lost = `The SSH connection to "${sshd.user}@127.0.0.1:${sshd.port}" was lost`;
    for (const sentence of await Promise.all(running)) expect(sentence).toMatch(lost);
    await expect(connection.run('true')).rejects.toThrow(lost);
    connection.close();
  });

  test('because the cable was pulled is noticed by its silence', async () => {
    const wire = await cable(sshd.port);
    const connection = await connect(targetOf(sshd, { port: wire.port }), { keepalive: 100 });
    await connection.run('true');
    wire.freeze();
    await expect(connection.run('true')).rejects.toThrow('was lost');
    await wire.close();
  });

  test('because we closed it ends although the host no longer answers', async () => {
    const wire = await cable(sshd.port);
    const connection = await connect(targetOf(sshd, { port: wire.port }));
    const running = connection.run('sleep 5').catch(sentenceOf);
    await connection.run('true');
    wire.freeze();
    connection.close();
    expect(await running).toMatch('was lost');
    await wire.close();
  });

  test('because we closed it ends what still runs', async () => {
    const connection = await connect(targetOf(sshd));
    const running = connection.run('sleep 5').catch(sentenceOf);
    await connection.run('true');
    connection.close();
    expect(await running).toMatch('was lost');
  });
});
