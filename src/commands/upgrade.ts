import { Flags } from '@oclif/core';
import { type Upgrade as Upgraded, upgrade } from '../machine/upgrade.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { allFlag, namesArg, progressFlags } from '../terminal/flags.ts';
import { chosen } from '../terminal/many.ts';

export default class Upgrade extends SlipwayCommand {
  static override summary = 'Bring the engines of machines to the newest version of their source';
  static override description = 'A version that was pinned at create is kept: 27.3 goes to the newest 27.3.x.';
  static override args = namesArg;
  static override strict = false;
  static override flags = {
    ...progressFlags,
    ...allFlag,
    'dry-run': Flags.boolean({ char: 'n', summary: 'Only say what would be done' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Upgrade);
    const work = this.work(flags);
    const names = await chosen(work, argv as string[], flags.all);
    const say = flags['dry-run'] ? sayPlan : sayDone;
    await this.perform(names, (name) => upgrade(work, name, flags['dry-run']), say);
  }
}

function sayDone(name: string, { from, to }: Upgraded): string {
  return from === to
    ? `"${name}" has engine ${from}; there is no newer one.`
    : `"${name}": engine ${from} is now ${to}.`;
}

function sayPlan(name: string, { from, to }: Upgraded): string {
  return from === to
    ? `"${name}" has engine ${from}; there is no newer one.`
    : `"${name}": engine ${from} would become ${to}.`;
}
