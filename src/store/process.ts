import { readFile } from 'node:fs/promises';
import { run } from '../program.ts';

/** True while the process that has this pid is the one that started then. */
export async function isAlive(pid: number, start: string): Promise<boolean> {
  return (await startOf(pid)) === start && start !== '';
}

/** When the process started, in a form that only equality means something for; empty when there is no such process. */
export async function startOf(pid: number): Promise<string> {
  if (pid !== process.pid) return askStart(pid);
  ownStart ??= askStart(pid);
  return ownStart;
}

/** Asked about for each lock that is held here. */
let ownStart: Promise<string> | undefined;

async function askStart(pid: number): Promise<string> {
  if (process.platform === 'linux') return linuxStart(pid);
  const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)]);
  return stdout.trim();
}

/** Field 22 of proc(5)'s /proc/PID/stat, counted after the name, which may hold blanks and brackets. */
async function linuxStart(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const zombie = fields[0] === 'Z';
  return zombie ? '' : (fields[19] ?? '');
}
