import { Args } from '@oclif/core';
import { driverModule, driverNames, shortNames } from '../drivers/index.ts';
import type { FlagSpec } from '../flags.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { jsonFlag } from '../terminal/flags.ts';
import { table } from '../terminal/table.ts';

export default class Drivers extends SlipwayCommand {
  static override summary = 'List the places where machines can be made, or the flags of one';
  static override args = {
    name: Args.string({ description: 'a driver', options: [...driverNames, ...Object.keys(shortNames)] }),
  };
  static override flags = { ...jsonFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Drivers);
    if (args.name !== undefined) return this.showOne(args.name, flags.json);
    const all = await Promise.all(
      driverNames.map(async (name) => ({ name, short: shortOf(name), summary: (await driverModule(name)).summary })),
    );
    if (flags.json) this.printJson(all);
    else
      this.log(
        table(
          ['NAME', 'SHORT', 'WHAT IT DOES'],
          all.map(({ name, short = '', summary }) => [name, short, summary]),
        ),
      );
  }

  private async showOne(name: string, json: boolean): Promise<void> {
    const { flags } = await driverModule(name);
    if (json) return this.printJson(flags);
    const rows = Object.entries(flags).map(([flag, spec]) => [
      `--${flag}`,
      spec.env ?? '',
      defaultOf(spec),
      spec.summary,
    ]);
    this.log(table(['FLAG', 'ENVIRONMENT', 'DEFAULT', 'WHAT IT DOES'], rows));
  }
}

function shortOf(driver: string): string | undefined {
  return Object.keys(shortNames).find((short) => shortNames[short] === driver);
}

function defaultOf(spec: FlagSpec): string {
  return spec.default === undefined ? '' : String(spec.default);
}
