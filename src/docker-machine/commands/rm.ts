import { lendCredentials } from '../../machine/credentials.ts';
import { remove } from '../../machine/remove.ts';
import type { Work } from '../../machine/work.ts';
import { complain, type OldCommand, print, working } from '../call.ts';
import { sentence, textOf, withHelp } from '../errors.ts';
import { isThere, mustExist } from '../machines.ts';
import { oldProgress } from '../progress.ts';
import { answerTo, isYes } from '../question.ts';

const command: OldCommand = {
  summary: 'Remove machines, and all that they are made of',
  takes: 'NAME...',
  flags: [
    { names: ['force', 'f'], kind: 'bool', summary: 'Forget a machine even where it cannot be removed; do not ask' },
    { names: ['y'], kind: 'bool', summary: 'Do not ask' },
  ],
  async run(call) {
    const { words: names, flags } = call;
    if (names.length === 0) throw withHelp('Error: Expected to get one or more machine names as arguments');
    const force = flags.force === true;
    print(`About to remove ${names.join(', ')}`);
    print('WARNING: This action will delete both local reference and remote instance.');
    if (!force && !flags.y && !isYes((await answerTo('Are you sure? (y/n): ')) ?? '')) return 0;
    const work = working(call, oldProgress(print).report);
    let failed = false;
    for (const name of names) failed = !(await removed(work, name, force)) || failed;
    return failed && !force ? 1 : 0;
  },
};

export default command;

async function removed(work: Work, name: string, force: boolean): Promise<boolean> {
  if (force && !(await isThere(work, name))) {
    complain(`Can't remove "${name}"`);
    return false;
  }
  try {
    await mustExist(work, name);
    await lendCredentials(work, [name]);
    await remove(work, { name, force });
  } catch (error) {
    complain(textOf(sentence(`Error removing host "${name}"`, error)));
    return false;
  }
  print(`Successfully removed ${name}`);
  return true;
}
