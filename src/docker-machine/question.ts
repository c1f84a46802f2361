import { createInterface } from 'node:readline';

/** Asks on standard output, and gives the line that is read from standard input; undefined at its end. */
export async function answerTo(question: string): Promise<string | undefined> {
  process.stdout.write(question);
  const lines = createInterface({ input: process.stdin });
  try {
    return await new Promise((resolve) => lines.once('line', resolve).once('close', () => resolve(undefined)));
  } finally {
    lines.close();
    process.stdin.unref?.();
  }
}

export function isYes(answer: string): boolean {
  return /^y/i.test(answer.trim());
}
