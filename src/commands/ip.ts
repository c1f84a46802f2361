import { knownEndpoint } from '../machine/host.ts';
import { readMachine } from '../store/machine.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { allFlag, namesArg } from '../terminal/flags.ts';
import { chosen } from '../terminal/many.ts';

export default class Ip extends SlipwayCommand {
  static override summary = 'Print the addresses of machines';
  static override args = namesArg;
  static override strict = false;
  static override flags = { ...allFlag };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Ip);
    const work = this.answer(flags);
    await this.perform(
      await chosen(work, argv as string[], flags.all),
      async (name) => knownEndpoint(await readMachine(work.store, name)).host,
      (_, host) => host,
    );
  }
}
