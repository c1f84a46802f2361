import { stop } from '../machine/stop.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { allFlag, namesArg, progressFlags } from '../terminal/flags.ts';
import { chosen } from '../terminal/many.ts';

export default class Stop extends SlipwayCommand {
  static override summary = 'Shut machines down in an orderly way';
  static override args = namesArg;
  static override strict = false;
  static override flags = { ...progressFlags, ...allFlag };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Stop);
    const work = this.work(flags);
    const names = await chosen(work, argv as string[], flags.all);
    await this.perform(
      names,
      (name) => stop(work, name),
      (name) => `"${name}" is stopped.`,
    );
  }
}
