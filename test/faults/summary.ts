import { appendFile } from 'node:fs/promises';
import type { Outcome } from './rig.ts';

/** A line of the table in docs/reliability.md: how often, and how often something was wrong. */
export interface Row {
  readonly driver: string;
  readonly command: string;
  readonly fault: string;
  readonly points: number;
  readonly wrong: number;
}

/** Prints the rows of the table, and hands them to whoever prints all of it in the end (script/summary.js). */
export async function publish(outcomes: readonly Outcome[]): Promise<void> {
  const rows = rowsOf(outcomes);
  process.stdout.write(`${rows.map(lineOf).join('\n')}\n`);
  const file = process.env.SLIPWAY_FAULT_TABLE;
  if (file) await appendFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

function rowsOf(outcomes: readonly Outcome[]): Row[] {
  const groups = Map.groupBy(
    outcomes.filter(({ reached }) => reached),
    ({ driver, command, fault }) => [driver, command, fault].join('\n'),
  );
  return [...groups].map(([key, group]) => {
    const [driver = '', command = '', fault = ''] = key.split('\n');
    return {
      driver,
      command,
      fault,
      points: group.length,
      wrong: group.filter(({ wrong }) => wrong.length > 0).length,
    };
  });
}

function lineOf({ driver, command, fault, points, wrong }: Row): string {
  return `| ${driver} | ${command} | ${fault} | ${points} | ${wrong} |`;
}
