import { Args } from '@oclif/core';
import { type DriverTable, driverModule, driverName, namesWith, noDriver, shortNames } from '../drivers/index.ts';
import { sentenceOf } from '../errors.ts';
import type { FlagSpec } from '../flags.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { jsonFlag } from '../terminal/flags.ts';
import { pluginDrivers } from '../terminal/plugin-drivers.ts';
import { table } from '../terminal/table.ts';
import { printable } from '../terminal/text.ts';

export default class Drivers extends SlipwayCommand {
  static override summary = 'List the places where machines can be made, or the flags of one';
  static override args = {
    driver: Args.string({ description: 'a driver' }),
  };
  static override flags = { ...jsonFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Drivers);
    const others = pluginDrivers(this.config);
    if (args.driver !== undefined) return this.showOne(args.driver, others, flags.json);
    const all = await Promise.all(
      namesWith(others).map(async (name) => ({ name, short: shortOf(name), summary: await summaryOf(name, others) })),
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

  private async showOne(name: string, others: DriverTable, json: boolean): Promise<void> {
    if (!namesWith(others).includes(driverName(name))) throw noDriver('bad-input', name, others);
    const { flags } = await driverModule(name, others);
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

/** One that cannot be loaded is among the others. */
async function summaryOf(name: string, others: DriverTable): Promise<string> {
  return driverModule(name, others).then(
    ({ summary }) => summary,
    (error: unknown) => printable(sentenceOf(error)),
  );
}

function shortOf(driver: string): string | undefined {
  return Object.keys(shortNames).find((short) => shortNames[short] === driver);
}

function defaultOf(spec: FlagSpec): string {
  return spec.default === undefined ? '' : String(spec.default);
}
