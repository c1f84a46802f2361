import { Flags } from '@oclif/core';
import { regenerateAuthority, regenerateCerts } from '../machine/regenerate-certs.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { allFlag, namesArg, progressFlags } from '../terminal/flags.ts';
import { chosen } from '../terminal/many.ts';

export default class RegenerateCerts extends SlipwayCommand {
  static override summary = 'Make the certificates of machines again; containers go on running';
  static override args = namesArg;
  static override strict = false;
  static override flags = {
    ...progressFlags,
    ...allFlag,
    authority: Flags.boolean({
      summary: 'Make a new authority first. Machines that are not named keep the old one until they are',
    }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(RegenerateCerts);
    const work = this.work(flags);
    const names = await chosen(work, argv as string[], flags.all);
    if (flags.authority) await regenerateAuthority(work);
    await this.perform(
      names,
      (name) => regenerateCerts(work, name),
      (name) => `"${name}" has a new certificate.`,
    );
  }
}
