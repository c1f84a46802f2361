import { readFile } from 'node:fs/promises';
import { codeOf } from '../errors.ts';
import { readMachine } from '../store/machine.ts';
import { driverOf, madeOf } from './driving.ts';
import type { Work } from './work.ts';

/** What was printed while the machine's host was set up, each line with its time; undefined when nothing was yet. */
export async function provisionLog(work: Work, name: string): Promise<string | undefined> {
  await readMachine(work.store, name);
  return readFile(work.store.machine(name).provisionLog, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
}

/** What the machine wrote to its console; undefined where the place keeps no such log. */
export async function consoleLog(work: Work, name: string): Promise<string | undefined> {
  const machine = await readMachine(work.store, name);
  const driver = await driverOf(work, machine);
  return driver.console?.(madeOf(machine));
}
