import { readdir, readFile } from 'node:fs/promises';
import { run } from '../program.ts';

/** A process that is not a zombie. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Its process group. */
  readonly group: number;
}

/** Whether the terminal, where there is one, sends Ctrl-C to this process: it is in the group in the foreground. */
export async function isInForeground(): Promise<boolean> {
  const [group, foreground] = process.platform === 'linux' ? await ownLinuxGroups() : await ownGroups();
  return group !== undefined && group === foreground;
}

/** All processes that can be seen. */
export async function processes(): Promise<Process[]> {
  if (process.platform !== 'linux') return listed();
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const all = await Promise.all(pids.map(async (pid) => ({ pid, fields: await statOf(pid) })));
  const living = all.filter(({ fields }) => fields.length > 3 && fields[0] !== 'Z' && fields[0] !== 'X');
  return living.map(({ pid, fields }) => ({ pid: Number(pid), parent: Number(fields[1]), group: Number(fields[2]) }));
}

async function listed(): Promise<Process[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat=']);
  const rows = stdout.trim().split('\n');
  const living = rows.map((row) => row.trim().split(/\s+/)).filter(([, , , state]) => !state?.startsWith('Z'));
  return living.map(([pid, parent, group]) => ({ pid: Number(pid), parent: Number(parent), group: Number(group) }));
}

async function ownLinuxGroups(): Promise<(string | undefined)[]> {
  const fields = await statOf('self');
  return [fields[2], fields[5]];
}

async function ownGroups(): Promise<(string | undefined)[]> {
  const { stdout } = await run('ps', ['-o', 'pgid=,tpgid=', '-p', String(process.pid)]);
  return stdout.trim().split(/\s+/);
}

/** The fields of proc(5)'s /proc/PID/stat from the third on: the name before them may hold blanks and brackets. */
async function statOf(pid: string): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}
