import { readMachine } from '../store/machine.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { nameArg } from '../terminal/flags.ts';

export default class Inspect extends SlipwayCommand {
  static override summary = 'Print the record of a machine, as JSON';
  static override args = nameArg;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Inspect);
    this.printJson(await readMachine(this.answer(flags).store, args.name));
  }
}
