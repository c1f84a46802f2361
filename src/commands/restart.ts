import { restart } from '../machine/restart.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { allFlag, namesArg, progressFlags } from '../terminal/flags.ts';
import { chosen } from '../terminal/many.ts';

export default class Restart extends SlipwayCommand {
  static override summary = 'Boot machines again';
  static override args = namesArg;
  static override strict = false;
  static override flags = { ...progressFlags, ...allFlag };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Restart);
    const work = this.work(flags);
    const names = await chosen(work, argv as string[], flags.all);
    await this.perform(
      names,
      (name) => restart(work, name),
      (name) => `"${name}" is restarted.`,
    );
  }
}
