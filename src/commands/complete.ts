import type { Command } from '@oclif/core';
import { namesWith, shortNames } from '../drivers/index.ts';
import { layout, storeFolder } from '../store/layout.ts';
import { machineNames } from '../store/machine.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { linesOf, offer } from '../terminal/completion.ts';
import { withAllFlags } from '../terminal/help.ts';
import { pluginDrivers } from '../terminal/plugin-drivers.ts';

/** Asked by the scripts of `completion` at each press of Tab. A person there must see none of what goes wrong here. */
export default class Complete extends SlipwayCommand {
  static override hidden = true;
  static override summary = 'Print what may stand at the cursor of a half typed command line';
  static override strict = false;
  static override usage = 'complete -- WORDS...';

  async run(): Promise<void> {
    const words = this.argv[0] === '--' ? this.argv.slice(1) : this.argv;
    const whole = (each: Command.Loadable) => each.id === words[0] && 'driver' in each.flags;
    const sources = {
      commands: await Promise.all(
        this.config.commands.map((each) => (whole(each) ? withAllFlags(each, this.config) : each)),
      ),
      drivers: namesWith(pluginDrivers(this.config)),
      shortNames,
      env: process.env,
      machines: (path: string | undefined) => machineNames(layout(storeFolder(path, process.env))),
    };
    for (const line of linesOf(await offer(words, sources))) this.log(line);
  }

  protected override async catch(): Promise<void> {}
}
