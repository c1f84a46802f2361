import { fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import type { ProgramResult } from '../../src/program.ts';

/** A process that runs one `slipway` after another: see resident.mjs. */
export interface Resident {
  /** One at a time. `told` gets what is written to standard error, as it comes. */
  slipway(words: readonly string[], env: NodeJS.ProcessEnv, told?: (text: string) => void): Promise<ProgramResult>;
  /** As Ctrl-C. */
  interrupt(): void;
  end(): Promise<void>;
}

type Message = { readonly told: string } | (ProgramResult & { readonly told?: undefined });

/** With what of the environment counts from the start: NODE_EXTRA_CA_CERTS. */
export function startResident(env: NodeJS.ProcessEnv): Resident {
  const child = fork(resolve('test/faults/resident.mjs'), {
    env: { PATH: process.env.PATH, HOME: tmpdir(), ...env },
    execArgv: ['--no-warnings'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    slipway: (words, own, told = () => undefined) =>
      new Promise((done, failed) => {
        const late = () => failed(new Error(`slipway ${words.join(' ')} ended its process`));
        const hear = (message: unknown) => {
          const result = message as Message;
          if (result.told !== undefined) return told(result.told);
          child.off('message', hear).off('exit', late);
          done(result);
        };
        child.on('message', hear).once('exit', late);
        child.send({ words, env: own });
      }),
    interrupt: () => child.send('interrupt'),
    async end() {
      const exit = once(child, 'exit');
      child.send('end');
      await exit;
    },
  };
}

/** Runs a command line; one that waits for SSH, where nobody is, has made all its parts, and is interrupted. */
export async function untilSsh(
  resident: Resident,
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  waiting: () => void = () => undefined,
): Promise<ProgramResult> {
  let told = '';
  let interrupted = false;
  return resident.slipway(words, env, (text) => {
    told += text;
    if (interrupted || !WAITS_FOR_SSH.test(told)) return;
    interrupted = true;
    waiting();
    resident.interrupt();
  });
}

/** What a command with --progress json tells then. */
export const WAITS_FOR_SSH = /"stage":"wait for SSH","state":"at","detail":"(port|banner)"/;
