import { engineUrl } from '../machine/context.ts';
import { readMachine } from '../store/machine.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { allFlag, namesArg } from '../terminal/flags.ts';
import { chosen } from '../terminal/many.ts';

export default class Url extends SlipwayCommand {
  static override summary = 'Print where the engines of machines answer';
  static override args = namesArg;
  static override strict = false;
  static override flags = { ...allFlag };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Url);
    const work = this.answer(flags);
    await this.perform(
      await chosen(work, argv as string[], flags.all),
      async (name) => engineUrl(await readMachine(work.store, name)),
      (_, url) => url,
    );
  }
}
