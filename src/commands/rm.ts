import { Flags } from '@oclif/core';
import { SlipwayError } from '../errors.ts';
import { obstacleToRemove, remove } from '../machine/remove.ts';
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
    const obstacles = flags.yes || flags.force ? new Map() : await agree(work, names);
    const removeAgreed = async (name: string) => {
      if (obstacles.has(name)) throw obstacles.get(name);
      await remove(work, { name, force: flags.force });
    };
    await this.perform(names, removeAgreed, (name) => `"${name}" is removed.`);
  }
}

/**
 * Asks about those that would go. Gives why the others do not: whatever becomes of these meanwhile, nobody was asked about
 * them.
 */
async function agree(work: Work, names: readonly string[]): Promise<ReadonlyMap<string, SlipwayError>> {
  const looked = await Promise.all(names.map(async (name) => [name, await obstacleToRemove(work, name)] as const));
  const obstacles = new Map(looked.flatMap(([name, obstacle]) => (obstacle ? [[name, obstacle] as const] : [])));
  const going = names.filter((name) => !obstacles.has(name));
  if (going.length === 0) return obstacles;
  if (!work.ask) throw new SlipwayError('bad-input', 'There is no terminal to ask at', { hint: 'Add --yes.' });
  if (await work.ask.yes(`Remove ${going.join(', ')} and all that is on it?`)) return obstacles;
  throw new SlipwayError('interrupted', 'Nothing was removed');
}
