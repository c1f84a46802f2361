import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { SlipwayError } from '../errors.ts';
import type { Ask } from '../machine/work.ts';

/** Runs a question while nothing else is written to the terminal. */
type Hold = <T>(question: () => Promise<T>) => Promise<T>;

/** Questions to the person at the terminal; undefined where standard input is none. */
export function prompt(hold: Hold): Ask | undefined {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  return {
    yes: (question) => hold(async () => /^y(es)?$/i.test((await line(`${question} (y/N) `, process.stderr)).trim())),
    secret: (question) =>
      hold(async () => {
        process.stderr.write(question);
        return line('', nowhere()).finally(() => process.stderr.write('\n'));
      }),
  };
}

/** @throws SlipwayError `interrupted` at Ctrl-C, which ends the other work as well, and at the end of the input */
async function line(question: string, output: NodeJS.WritableStream): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  const closed = new AbortController();
  let interrupted = false;
  terminal.on('close', () => closed.abort());
  terminal.on('SIGINT', () => {
    interrupted = true;
    terminal.close();
  });
  try {
    return await terminal.question(question, { signal: closed.signal });
  } catch {
    throw new SlipwayError('interrupted', 'The question was not answered');
  } finally {
    terminal.close();
    // While it reads, the terminal passes Ctrl-C on as a letter.
    if (interrupted) process.kill(process.pid, 'SIGINT');
  }
}

/** What is typed here is not echoed. */
function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
