import type { Work } from '../machine/work.ts';
import { SlipwayCommand } from './command.ts';
import { allFlag, namesArg, progressFlags } from './flags.ts';
import { chosen } from './many.ts';

export interface Verb<T> {
  readonly summary: string;
  /** What is done with each machine. */
  readonly verb: (work: Work, name: string) => Promise<T>;
  /** What is printed of each. */
  readonly say: (name: string, value: T) => string;
}

/** A command that does something long with one machine or several, and takes no flags of its own. */
export function actOnMachines<T>({ summary, verb, say }: Verb<T>): typeof SlipwayCommand {
  return class ActOnMachines extends SlipwayCommand {
    static override summary = summary;
    static override args = namesArg;
    static override strict = false;
    static override flags = { ...progressFlags, ...allFlag };

    async run(): Promise<void> {
      const { argv, flags } = await this.parse(ActOnMachines);
      const work = this.work(flags);
      const names = await chosen(work, argv as string[], flags.all);
      await this.perform(names, (name) => verb(work, name), say);
    }
  };
}

/** A command that prints something of one machine or several. */
export function askMachines<T>({ summary, verb, say }: Verb<T>): typeof SlipwayCommand {
  return class AskMachines extends SlipwayCommand {
    static override summary = summary;
    static override args = namesArg;
    static override strict = false;
    static override flags = { ...allFlag };

    async run(): Promise<void> {
      const { argv, flags } = await this.parse(AskMachines);
      const work = this.answer(flags);
      await this.perform(await chosen(work, argv as string[], flags.all), (name) => verb(work, name), say);
    }
  };
}
