import { Flags } from '@oclif/core';
import { list, type Row } from '../machine/list.ts';
import { listMachines } from '../store/machine.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { jsonFlag } from '../terminal/flags.ts';
import { timeLeft } from '../terminal/lifetime-text.ts';
import { table } from '../terminal/table.ts';

export default class Ls extends SlipwayCommand {
  static override summary = 'List the machines';
  static override hiddenAliases = ['list'];
  static override flags = {
    ...jsonFlag,
    quiet: Flags.boolean({ char: 'q', summary: 'Print names only, and ask nobody' }),
    timeout: Flags.integer({
      char: 't',
      default: 2,
      min: 1,
      summary: 'For how many seconds to wait for machines that do not answer',
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Ls);
    const work = this.answer(flags);
    if (flags.quiet) return this.printNames(await listMachines(work.store));
    const rows = await list(work, flags.timeout * 1000);
    if (flags.json) this.printJson(rows);
    else this.log(tableOf(rows));
    this.exit(0); // a probe of a dead machine may still be waiting
  }

  private printNames(machines: readonly { name: string }[]): void {
    for (const { name } of machines) this.log(name);
  }
}

/** With what is left of their time only where one has an end: most have none. */
function tableOf(rows: readonly Row[]): string {
  if (rows.every(({ lifetime }) => lifetime === undefined)) return table(HEADINGS, rows.map(cells));
  const at = HEADINGS.indexOf('STATE') + 1;
  return table(
    HEADINGS.toSpliced(at, 0, 'LEFT'),
    rows.map((row) => cells(row).toSpliced(at, 0, timeLeft(row.lifetime))),
  );
}

const HEADINGS = ['NAME', 'ACTIVE', 'DRIVER', 'STATE', 'URL', 'ENGINE', 'CERTIFICATE', 'ERROR'];

function cells(row: Row): string[] {
  const until = row.expires === undefined ? '' : `until ${row.expires.slice(0, 10)}`;
  return [
    row.name,
    row.active ? '*' : '-',
    row.driver,
    row.state,
    row.url ?? '',
    row.engine ?? '',
    until,
    row.error ?? '',
  ];
}
