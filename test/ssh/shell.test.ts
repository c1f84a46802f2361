import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { waitFor } from '../../src/poll.ts';
import { output } from '../../src/program.ts';
import { type Connection, connect, quote } from '../../src/ssh/index.ts';
import { type Sshd, startSshd } from '../hosts/sshd.ts';
import { targetOf } from './target.ts';

const program = fileURLToPath(new URL('terminal.ts', import.meta.url));
let sshd: Sshd;
let connection: Connection;
let target: string;

beforeAll(async () => {
  sshd = await startSshd();
  connection = await connect(targetOf(sshd));
  target = join(sshd.folder, 'target.json');
  await writeFile(target, JSON.stringify(targetOf(sshd)));
});

afterAll(async () => {
  connection.close();
  await sshd.remove();
});

describe('without a terminal', () => {
  function streams() {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const all = { stdin, stdout, stderr };
    return { ...all, read: async () => [await text(stdout.end()), await text(stderr.end())] };
  }

  test('a command reads our input, its streams stay apart, and its exit code comes back', async () => {
    const io = streams();
    io.stdin.end('our input');
    expect(await connection.shell('cat; echo err >&2; tty >&2; exit 3', io)).toBe(3);
    expect(await io.read()).toEqual(['our input', 'err\nnot a tty\n']);
  });

  test('the login shell reads commands', async () => {
    const io = streams();
    io.stdin.end('echo $((6 * 7))\nexit 4\n');
    expect(await connection.shell(undefined, io)).toBe(4);
    expect((await io.read())[0]).toContain('42\n');
  });

  test('a connection that is lost throws', async () => {
    const brief = await connect(targetOf(sshd));
    const io = streams();
    const ended = brief.shell('sleep 5', io);
    setTimeout(() => brief.close(), 200);
    await expect(ended).rejects.toThrow('was lost');
  });
});

describe('at a terminal', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  /** The program above at a terminal of 40 by 100; what it prints, and a way to type. */
  function open(command?: string) {
    const words = [process.execPath, '--no-warnings', program, target, ...(command === undefined ? [] : [command])];
    const line = `tty > ${quote(join(sshd.folder, 'tty'))}; echo $$ > ${quote(join(sshd.folder, 'pid'))}; stty rows 40 cols 100; exec ${words.map(quote).join(' ')}`;
    const child = spawn('script', ['-qc', `exec sh -c ${quote(line)}`, '/dev/null'], {
      env: { ...process.env, TERM: 'vt220' },
    });
    children.push(child);
    let shown = '';
    child.stdout.on('data', (chunk) => {
      shown += chunk;
    });
    const shows = async (what: string | RegExp) => {
      const look = async () => shown.match(what) ?? undefined;
      await waitFor({ what: 'the terminal', limit: 60_000 }, look).catch(() => expect(shown).toMatch(what));
    };
    return { shows, type: (words: string) => child.stdin.write(words) };
  }

  test('the host gives one of the same kind and size, which follows ours', async () => {
    const { shows, type } = open('stty size; echo $TERM; read line; stty size; exit 6');
    await shows(/40 100\r\nvt220\r\n/);
    const tty = (await readFile(join(sshd.folder, 'tty'), 'utf8')).trim();
    await output('stty', ['-F', tty, 'rows', '50', 'cols', '120']);
    await new Promise((resolve) => setTimeout(resolve, 200));
    type('\r');
    await shows('50 120');
    await shows('ended with 6, raw: false');
  });

  test('Ctrl-C goes to the host, not to us', async () => {
    const { shows, type } = open("trap 'echo caught; exit 9' INT; echo ready; while :; do sleep 0.1; done");
    await shows('ready');
    type('\x03');
    await shows('caught');
    await shows('ended with 9, raw: false');
  });

  test('the login shell takes what is typed', async () => {
    const { shows, type } = open();
    type('tty; exit 5\r');
    await shows('/dev/pts/');
    await shows('ended with 5, raw: false');
  });

  test('a signal to us hangs up there, and gives the terminal back', async () => {
    const mark = join(sshd.folder, 'hung-up');
    const { shows } = open(`trap 'touch ${mark}; exit' HUP; echo ready; while :; do sleep 0.1; done`);
    await shows('ready');
    process.kill(Number(await readFile(join(sshd.folder, 'pid'), 'utf8')), 'SIGTERM');
    await shows('ended with 143, raw: false');
    await waitFor(
      { what: 'the hang-up', limit: 60_000 },
      async () => (await connection.run(`test -e ${mark}`)).code === 0 || undefined,
    );
  });
});

test('no process is left', async () => {
  const child = spawn(process.execPath, ['--no-warnings', program, target, 'true'], { stdio: 'ignore' });
  expect(await once(child, 'exit')).toEqual([0, null]);
});
