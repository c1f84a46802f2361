import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { codeOf, sentenceOf } from '../../src/errors.ts';
import { waitFor } from '../../src/poll.ts';
import { type Connection, connect } from '../../src/ssh/index.ts';
import { type Sshd, startSshd } from '../hosts/sshd.ts';
import { targetOf } from './target.ts';

let sshd: Sshd;
let connection: Connection;

beforeAll(async () => {
  sshd = await startSshd();
  connection = await connect(targetOf(sshd));
});

afterAll(async () => {
  connection.close();
  await sshd.remove();
});

const MEGABYTE = 1024 * 1024;

describe('a command on the host', () => {
  test('gives its exit code and both its streams', async () => {
    const result = await connection.run('echo out; echo err >&2; exit 7');
    expect(result).toEqual({ code: 7, stdout: 'out\n', stderr: 'err\n' });
  });

  test('that a signal ended says which', async () => {
    expect(await connection.run('kill -TERM $$')).toEqual({ code: 143, signal: 'SIGTERM', stdout: '', stderr: '' });
  });

  test('is given a limit that a clock gave, with parts of a millisecond', async () => {
    expect((await connection.run('echo in time', { timeout: 20_000.25 })).stdout).toBe('in time\n');
  });

  test('finds an end where there is no input', async () => {
    expect((await connection.run('cat; echo end')).stdout).toBe('end\n');
  });

  test('reads 5 MB and prints 5 MB, without a byte lost', async () => {
    const input = Buffer.alloc(5 * MEGABYTE, 'Zwölf Boxkämpfer 🥊 jagen Eva\n').toString('utf8');
    const { stdout } = await connection.run('cat', { input });
    expect(stdout === input).toBe(true);
  });

  test('prints 5 MB to each stream at once', async () => {
    const { stdout, stderr } = await connection.run('head -c 5242880 /dev/zero | tr "\\0" a | tee /dev/stderr');
    expect([stdout.length, stderr.length]).toEqual([5 * MEGABYTE, 5 * MEGABYTE]);
  });

  test('that does not read its input is no failure', async () => {
    const result = await connection.run('exit 3', { input: 'x'.repeat(8 * MEGABYTE) });
    expect(result.code).toBe(3);
  });

  test('tells its lines as they come, also those with letters that two packets share', async () => {
    const lines: string[] = [];
    const command = 'printf "gr\\303"; sleep 0.1; printf "\\274n\\nrest"; sleep 0.1; printf "!" ; echo two >&2';
    const { stdout } = await connection.run(command, { onLine: (line, stream) => lines.push(`${stream} ${line}`) });
    expect(stdout).toBe('grün\nrest!');
    expect(lines.sort()).toEqual(['stderr two', 'stdout grün', 'stdout rest!']);
  });

  test('tells a line before the command has ended', async () => {
    const heard = join(sshd.folder, 'heard');
    const command = `echo early; until [ -e ${heard} ]; do sleep 0.1; done`;
    const { stdout } = await connection.run(command, { onLine: () => writeFileSync(heard, '') });
    expect(stdout).toBe('early\n');
  });
});

describe('many commands', () => {
  test('go over one connection, more of them than the server allows sessions', async () => {
    const all = Array.from({ length: 40 }, (_, i) => connection.run(`sleep 0.05; echo ${i}`));
    const printed = (await Promise.all(all)).map((result) => result.stdout.trim());
    expect(printed).toEqual(Array.from({ length: 40 }, (_, i) => String(i)));
    expect(sshd.log().match(/Accepted publickey/g)).toHaveLength(1);
  });
});

test('the quickest command is never too quick', async () => {
  for (let i = 0; i < 100; i++) expect((await connection.run(`exit ${i}`)).code).toBe(i);
});

describe('a command that is cut short', () => {
  test('by its limit says so, and ends when it next prints', async () => {
    const error = await connection.run(lasting('one'), { timeout: 500 }).catch((reason: unknown) => reason);
    expect(codeOf(error)).toBe('timeout');
    expect(sentenceOf(error)).toBe(`A command on "${sshd.user}@127.0.0.1:${sshd.port}" did not end within 500 ms`);
    await ended('one');
  });

  test('by an abort says so, and the connection goes on', async () => {
    const stop = new AbortController();
    const running = connection.run(lasting('two'), { signal: stop.signal }).catch((reason: unknown) => reason);
    setTimeout(() => stop.abort(), 500);
    expect(codeOf(await running)).toBe('interrupted');
    await ended('two');
    expect((await connection.run('echo on')).stdout).toBe('on\n');
  });

  test('before it began never runs', async () => {
    const file = `${sshd.folder}/never`;
    const error = await connection.run(`touch ${file}`, { signal: AbortSignal.abort() }).catch((reason) => reason);
    expect(codeOf(error)).toBe('interrupted');
    expect((await connection.run(`ls ${file}`)).code).not.toBe(0);
  });
});

/** A command that prints until nobody listens, and then says so in a file. */
function lasting(name: string): string {
  return `exec sh -c 'trap "" PIPE; while echo x; do sleep 0.05; done; touch ${sshd.folder}/${name}'`;
}

async function ended(name: string): Promise<void> {
  await waitFor({ what: name, limit: 60_000 }, async () => {
    const { code } = await connection.run(`test -e ${sshd.folder}/${name}`);
    return code === 0 || undefined;
  });
}
