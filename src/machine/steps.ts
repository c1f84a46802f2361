import { randomBytes } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { SlipwayError } from '../errors.ts';
import type { Teller } from '../progress.ts';
import { follow, type Outcome, render, type Step } from '../provision/index.ts';
import type { Root } from './root.ts';
import { tellerFor, type Work } from './work.ts';

/**
 * Runs the steps on a host as one script, tells each as a stage, and writes what is printed to the machine's log; gives
 * the values that the steps handed back.
 * @throws SlipwayError `failed`, with the step's own hint and the last lines that it printed
 */
export async function carryOut(
  work: Work,
  name: string,
  root: Root,
  steps: readonly Step[],
): Promise<Readonly<Record<string, string>>> {
  if (steps.length === 0) return {};
  const nonce = randomBytes(8).toString('hex');
  const log = logOf(work, name);
  const stages = stageByStage(tellerFor(work, name));
  const script = follow(nonce, {
    started: (title) => {
      log.add(`== ${title}`);
      stages.begin(title);
    },
    skipped: stages.end,
    done: stages.end,
    failed: (_, status) => stages.fail(`exit status ${status}`),
    log: log.add,
  });
  try {
    const { code } = await root(render(steps, nonce), { onLine: script.line, signal: work.signal });
    return handedBack(name, script.result(), code);
  } finally {
    stages.fail('the script did not come to its end');
    await log.written();
  }
}

function handedBack(name: string, { gave, failed, complete }: Outcome, code: number): Outcome['gave'] {
  if (failed) {
    throw new SlipwayError('failed', `On "${name}" the step "${failed.title}" failed`, {
      hint: failed.hint,
      cause: new Error(failed.lastLines || `exit status ${failed.status}`),
    });
  }
  if (complete) return gave;
  throw new SlipwayError('failed', `The script on "${name}" was cut off`, {
    hint: `Doing it again goes on where it stopped: slipway provision ${name}`,
    cause: new Error(`exit status ${code}`),
  });
}

/** Turns "this began, this ended" into the stages of a teller, one at a time. */
function stageByStage(tell: Teller) {
  let settle: ((error?: Error) => void) | undefined;
  const end = (error?: Error) => {
    settle?.(error);
    settle = undefined;
  };
  return {
    begin(title: string) {
      const ended = tell.stage(
        title,
        () =>
          new Promise<void>((resolve, reject) => {
            settle = (error) => (error ? reject(error) : resolve());
          }),
      );
      ended.catch(() => undefined); // the failure is thrown by whoever runs the script
    },
    end: () => end(),
    fail: (reason: string) => end(new Error(reason)),
  };
}

/**
 * Adds lines to the machine's provision log in the order of the calls; `written` waits for the last. A log that cannot be
 * written, on a full disk say, does not end the work.
 */
function logOf(work: Work, name: string) {
  const path = work.store.machine(name).provisionLog;
  let last: Promise<void> = Promise.resolve();
  let lines: string[] = [];
  const flush = async () => {
    const text = lines.join('');
    lines = [];
    await appendFile(path, text, { mode: 0o600 }).catch(() => undefined);
  };
  return {
    add(line: string) {
      lines.push(`${new Date().toISOString()} ${line}\n`);
      if (lines.length === 1) last = last.then(flush);
    },
    written: () => last,
  };
}
