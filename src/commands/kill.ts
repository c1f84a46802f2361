import { kill } from '../machine/kill.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { allFlag, namesArg, progressFlags } from '../terminal/flags.ts';
import { chosen } from '../terminal/many.ts';

export default class Kill extends SlipwayCommand {
  static override summary = 'Cut the power of machines';
  static override args = namesArg;
  static override strict = false;
  static override flags = { ...progressFlags, ...allFlag };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Kill);
    const work = this.work(flags);
    const names = await chosen(work, argv as string[], flags.all);
    await this.perform(
      names,
      (name) => kill(work, name),
      (name) => `"${name}" is off.`,
    );
  }
}
