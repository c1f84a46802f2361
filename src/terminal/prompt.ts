import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Ask } from '../machine/work.ts';

/** Questions to the person at the terminal; undefined where standard input is none. */
export function prompt(): Ask | undefined {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  return {
    yes: async (question) => /^y(es)?$/i.test((await line(`${question} (y/N) `, process.stderr)).trim()),
    secret: async (question) => {
      process.stderr.write(question);
      const answer = await line('', nowhere());
      process.stderr.write('\n');
      return answer;
    },
  };
}

async function line(question: string, output: NodeJS.WritableStream): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

/** What is typed here is not echoed. */
function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
