import { stateOf } from '../machine/list.ts';
import { readMachine } from '../store/machine.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { allFlag, namesArg } from '../terminal/flags.ts';
import { chosen } from '../terminal/many.ts';

export default class Status extends SlipwayCommand {
  static override summary = 'Print the state of machines: Running, Stopped ...';
  static override args = namesArg;
  static override strict = false;
  static override flags = { ...allFlag };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Status);
    const work = this.answer(flags);
    await this.perform(
      await chosen(work, argv as string[], flags.all),
      async (name) => stateOf(work, await readMachine(work.store, name)),
      (_, state) => state,
    );
  }
}
