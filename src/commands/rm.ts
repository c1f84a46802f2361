import { Flags } from '@oclif/core';
import { SlipwayError } from '../errors.ts';
import { isRemovable, remove } from '../machine/remove.ts';
import type { Work } from '../machine/work.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { allFlag, namesArg, progressFlags } from '../terminal/flags.ts';
import { chosen } from '../terminal/many.ts';

export default class Rm extends SlipwayCommand {
  static override summary = 'Remove machines: what they are made of, their contexts and their records';
  static override description =
    'A machine is forgotten only when its place has confirmed that all of it is gone. A host that was taken over is put back as it was.';
  static override args = namesArg;
  static override strict = false;
  static override flags = {
    ...progressFlags,
    ...allFlag,
    yes: Flags.boolean({ char: 'y', summary: 'Do not ask' }),
    force: Flags.boolean({ char: 'f', summary: 'Do not ask, and forget a machine even where it cannot be removed' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Rm);
    const work = this.work(flags, 'Interrupted; what is left is still known: slipway ls, then slipway rm again.');
    const names = await chosen(work, argv as string[], flags.all);
    if (!flags.yes && !flags.force) await agree(work, names);
    await this.perform(
      names,
      (name) => remove(work, { name, force: flags.force }),
      (name) => `"${name}" is removed.`,
    );
  }
}

/** Asks only about those that would go: of the others, the work says why they do not. */
async function agree(work: Work, names: readonly string[]): Promise<void> {
  const removable = await Promise.all(names.map((name) => isRemovable(work, name)));
  const going = names.filter((_, n) => removable[n]);
  if (going.length === 0) return;
  if (!work.ask) throw new SlipwayError('bad-input', 'There is no terminal to ask at', { hint: 'Add --yes.' });
  if (await work.ask.yes(`Remove ${going.join(', ')} and all that is on it?`)) return;
  throw new SlipwayError('interrupted', 'Nothing was removed');
}
