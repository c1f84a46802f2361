import { provision } from '../machine/provision.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { allFlag, namesArg, progressFlags } from '../terminal/flags.ts';
import { chosen } from '../terminal/many.ts';

export default class Provision extends SlipwayCommand {
  static override summary = 'Set the hosts of machines up again';
  static override args = namesArg;
  static override strict = false;
  static override flags = { ...progressFlags, ...allFlag };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Provision);
    const work = this.work(flags);
    const names = await chosen(work, argv as string[], flags.all);
    await this.perform(
      names,
      (name) => provision(work, name),
      (name) => `"${name}" is set up.`,
    );
  }
}
