import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestSite } from '../site.ts';

/** What there still is of a machine: its files, and every process of this computer that names it. */
export async function leftOf({ site }: TestSite): Promise<string[]> {
  const files = await readdir(join(site.folder, '..'), { recursive: true }).catch(() => []);
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const processes = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return [
    ...files,
    ...processes.filter((words) => words.includes(site.machine)).map((words) => words.replaceAll('\0', ' ')),
  ];
}
