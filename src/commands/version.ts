import { askEngine } from '../machine/engine.ts';
import { readMachine } from '../store/machine.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { jsonFlag, optionalNameArg } from '../terminal/flags.ts';

export default class Version extends SlipwayCommand {
  static override summary = "Print the version of Slipway, or of a machine's engine";
  static override args = optionalNameArg;
  static override flags = { ...jsonFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Version);
    const work = this.answer(flags);
    const version =
      args.name === undefined ? this.config.version : await askEngine(work, await readMachine(work.store, args.name));
    if (flags.json) this.printJson({ version });
    else this.log(args.name === undefined ? `slipway ${version}` : version);
  }
}
