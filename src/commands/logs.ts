import { Flags } from '@oclif/core';
import { consoleLog, provisionLog } from '../machine/logs.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { jsonFlag, nameArg } from '../terminal/flags.ts';

export default class Logs extends SlipwayCommand {
  static override summary = 'Print what a machine wrote to its console, and what was printed while it was set up';
  static override args = nameArg;
  static override flags = {
    ...jsonFlag,
    console: Flags.boolean({ summary: 'Only the console', exclusive: ['provision'] }),
    provision: Flags.boolean({ summary: 'Only the setting up' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Logs);
    const work = this.answer(flags);
    const logs = {
      ...(flags.provision ? {} : { console: await consoleLog(work, args.name) }),
      ...(flags.console ? {} : { provision: await provisionLog(work, args.name) }),
    };
    if (flags.json) return this.printJson(logs);
    const both = Object.keys(logs).length > 1;
    for (const [what, text] of Object.entries(logs)) {
      if (both) this.log(`==> ${what} <==`);
      this.log(text?.trimEnd() ?? 'There is none.');
    }
  }
}
