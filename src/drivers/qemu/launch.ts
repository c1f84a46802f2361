import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import { lastLines } from '../../program.ts';
import { type Boot, qemuArgs, qemuProgram } from './command.ts';
import type { Definition } from './definition.ts';
import type { MachineFiles } from './files.ts';
import { type Ports, portsIn } from './forwards.ts';
import { withMonitor } from './qmp.ts';

const READY_LIMIT = 30_000;

/**
 * Starts QEMU so that it lives on when we, or the terminal, are gone; resolves when it runs.
 * @throws SlipwayError `failed` with what QEMU said when it ends at once
 */
export async function launch(boot: Boot, signal?: AbortSignal): Promise<Ports> {
  const { files, definition } = boot;
  await rm(files.socket, { force: true }); // a killed QEMU leaves it
  const child = spawnDetached(qemuProgram(definition.settings.arch), qemuArgs(boot), files);
  const ended = endOf(child);
  const wait = { what: 'QEMU to answer', limit: READY_LIMIT, hint: `Look into "${files.log}"`, signal, pause: 200 };
  return waitFor(wait, async () => {
    if (ended.yet) throw await endedAtOnce(ended.error, files.log);
    return runningPorts(definition, files).catch(() => undefined); // its socket is not there yet
  });
}

/** The ports that a running machine has. @throws SlipwayError `failed` when its QEMU does not tell */
export async function runningPorts({ settings }: Definition, { socket }: MachineFiles): Promise<Ports> {
  const command = { 'command-line': 'info usernet' };
  const answer = String(await withMonitor(socket, (ask) => ask('human-monitor-command', command)));
  const ports = portsIn(answer, settings.publish);
  if (ports) return ports;
  throw new SlipwayError('failed', "QEMU does not forward the machine's ports", { cause: new Error(answer) });
}

function spawnDetached(program: string, args: readonly string[], { folder, log }: MachineFiles): ChildProcess {
  const output = openSync(log, 'w', 0o600);
  try {
    const child = spawn(program, args, { cwd: folder, detached: true, stdio: ['ignore', output, output] });
    child.unref();
    return child;
  } finally {
    closeSync(output);
  }
}

function endOf(child: ChildProcess): { yet: boolean; error?: Error } {
  const end: { yet: boolean; error?: Error } = { yet: false };
  child.once('exit', () => {
    end.yet = true;
  });
  child.once('error', (error) => {
    end.yet = true;
    end.error = error;
  });
  return end;
}

async function endedAtOnce(error: Error | undefined, log: string): Promise<SlipwayError> {
  const said = lastLines(await readFile(log, 'utf8').catch(() => ''), 5);
  return new SlipwayError('failed', 'QEMU ended as soon as it was started', {
    cause: error ?? new Error(said || 'it printed nothing'),
  });
}
