import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { waitFor } from '../../src/poll.ts';

/** A program on a real terminal, emulated by tmux: what is on its screen, and a keyboard. */
export interface Screen {
  /** The lines from the top of its history to the last one that is not blank. */
  lines(): Promise<string[]>;
  /** Waits until the screen shows this. */
  shows(what: string | RegExp): Promise<string[]>;
  /** Keys by tmux's names: "C-c", "Enter", "BSpace". */
  press(...keys: string[]): Promise<void>;
  /** Types letters as they are. */
  type(text: string): Promise<void>;
  /** Makes the screen larger or smaller. */
  resize(columns: number, rows: number): Promise<void>;
  /** Waits for the program's end; gives its exit code. */
  ended(): Promise<number>;
  close(): Promise<void>;
}

export interface ScreenOptions {
  columns?: number;
  rows?: number;
  /** All of the program's environment; this process's own where not said. */
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** For how long to wait for what shall be shown, and for the end, in milliseconds. */
  patience?: number;
}

const call = promisify(execFile);

/** Starts a program on a screen of its own. */
export async function openScreen(command: readonly string[], options: ScreenOptions = {}): Promise<Screen> {
  const { columns = 60, rows = 20, env = process.env, cwd, patience = 60_000 } = options;
  const socket = `slipway-test-${randomBytes(6).toString('hex')}`;
  const tmux = async (...args: string[]) =>
    (await call('tmux', ['-L', socket, '-f', '/dev/null', ...args], { env, cwd })).stdout;
  const size = ['-x', String(columns), '-y', String(rows)];
  const folder = await mkdtemp(join(tmpdir(), 'slipway-screen-'));
  const ended = join(folder, 'code');
  // The window outlives the program, so that its last words can be read.
  const wrapped = ['sh', '-c', `trap : INT; "$@"; echo $? >${ended}; exec sleep 120`, 'sh', ...command];
  await tmux('new-session', '-d', ...size, ...wrapped, ';', 'set-option', '-g', 'status', 'off');
  const lines = async () => {
    const text = await tmux('capture-pane', '-p', '-S', '-');
    return text.trimEnd().split('\n');
  };
  return {
    lines,
    shows: (what) =>
      waitFor({ what: `"${what}" on the screen`, limit: patience, pause: 100 }, async () => {
        const shown = await lines();
        const text = shown.join('\n');
        return (typeof what === 'string' ? text.includes(what) : what.test(text)) ? shown : undefined;
      }).catch(async (error: unknown) => {
        throw new Error(`The screen shows:\n${(await lines()).join('\n')}`, { cause: error });
      }),
    press: async (...keys) => void (await tmux('send-keys', ...keys)),
    type: async (text) => void (await tmux('send-keys', '-l', text)),
    resize: async (width, height) => void (await tmux('resize-window', '-x', String(width), '-y', String(height))),
    ended: () =>
      waitFor({ what: 'the end of the program', limit: patience, pause: 100 }, async () => {
        const code = await readFile(ended, 'utf8').catch(() => '');
        return code.endsWith('\n') ? Number(code) : undefined;
      }),
    close: async () => {
      await tmux('kill-server').catch(() => undefined);
      await rm(folder, { recursive: true });
    },
  };
}

/** The words to start node with these lines of JavaScript, in which everything exported by the modules is at hand. */
export function scriptOf(modules: readonly string[], lines: string): string[] {
  const imports = modules.map((module, n) => `import * as module${n} from ${JSON.stringify(resolve(module))};`);
  const names = modules.map((_, n) => `...module${n}`);
  const script = `${imports.join('\n')}\nconst $ = { ${names.join(', ')} };\n${lines}`;
  return [process.execPath, '--no-warnings', '--input-type=module', '-e', script];
}
