import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { SlipwayError } from '../../errors.ts';

/** QEMU's answer to one command, as it is under "return". */
export type Ask = (command: string, args?: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** QEMU serves one client at a time; another of ours is done sooner than this. */
const LIMIT = 10_000;
/** Of a path in sockaddr_un, the final NUL left out, where it is shortest (macOS; Linux has 107). */
const LONGEST_PATH = 103;

/**
 * Talks to a running QEMU over its control socket (QMP, docs/interop/qmp-spec in QEMU's sources) as long as the work
 * takes.
 * @throws SlipwayError `failed` when nobody answers there, `refused` when QEMU answers with an error
 */
export async function withMonitor<T>(socket: string, work: (ask: Ask) => Promise<T>): Promise<T> {
  return withShortPath(socket, async (path) => {
    const connection = connect(path);
    try {
      const next = messages(connection);
      await next(); // the greeting
      const ask: Ask = async (execute, args) => {
        connection.write(`${JSON.stringify({ execute, ...(args ? { arguments: args } : {}) })}\n`);
        return answerIn(await next(), execute);
      };
      await ask('qmp_capabilities');
      return await work(ask);
    } finally {
      connection.destroy();
    }
  });
}

interface Message {
  readonly return?: unknown;
  readonly error?: { readonly desc?: string };
  readonly event?: string;
}

function answerIn(message: Message, command: string): unknown {
  if (message.error === undefined) return message.return;
  throw new SlipwayError('refused', `QEMU refused "${command}"`, { cause: new Error(message.error.desc) });
}

/** Gives one message after the other, without the events in between. */
function messages(connection: Socket): () => Promise<Message> {
  const lines = linesOf(connection);
  return async () => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new SlipwayError('failed', 'QEMU closed its control socket');
      const message = JSON.parse(value) as Message;
      if (message.event === undefined) return message;
    }
  };
}

async function* linesOf(connection: Socket): AsyncGenerator<string, void> {
  connection.setEncoding('utf8');
  connection.setTimeout(LIMIT, () => connection.destroy(new Error(`no answer within ${LIMIT / 1000} s`)));
  let rest = '';
  try {
    for await (const chunk of connection) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (cause) {
    throw new SlipwayError('failed', 'QEMU does not answer on its control socket', { cause });
  }
}

/** A socket whose path is too long to connect to is reached through a link to its folder, there for the moment only. */
async function withShortPath<T>(socket: string, work: (path: string) => Promise<T>): Promise<T> {
  if (Buffer.byteLength(socket) <= LONGEST_PATH) return work(socket);
  const folder = await mkdtemp(join(tmpdir(), 'slipway-'));
  try {
    const link = join(folder, 'm');
    await symlink(dirname(socket), link);
    return await work(join(link, basename(socket)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
