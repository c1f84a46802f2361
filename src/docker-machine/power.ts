import type { Work } from '../machine/work.ts';
import { type OldCommand, print, working } from './call.ts';
import { sentence } from './errors.ts';
import { loaded, named, powerOf, withEach } from './machines.ts';
import { oldProgress } from './progress.ts';

export interface PowerVerb {
  readonly summary: string;
  /** "Starting" */
  readonly doing: string;
  /** "started" */
  readonly done: string;
  /** The state in which there is nothing to do: an error. */
  readonly already?: 'Running' | 'Stopped';
  /** Said when all are done. */
  readonly last?: string;
  verb(work: Work, name: string): Promise<void>;
}

/** A command that switches machines on or off. */
export function powerCommand({ summary, doing, done, already, last, verb }: PowerVerb): OldCommand {
  return {
    summary,
    takes: '[NAME...]',
    flags: [],
    async run(call) {
      const work = working(call, oldProgress(print).report);
      const code = await withEach(await named(work, call.words), async (name) => {
        print(`${doing} "${name}"...`);
        const state = already && (await powerOf(work, await loaded(work, name)));
        if (state !== undefined && state === already) {
          throw sentence(`Machine "${name}" is already ${already.toLowerCase()}.`);
        }
        await verb(work, name);
        print(`Machine "${name}" was ${done}.`);
      });
      if (code === 0 && last !== undefined) print(last);
      return code;
    },
  };
}
