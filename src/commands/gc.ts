import { Flags } from '@oclif/core';
import { hintOf, SlipwayError } from '../errors.ts';
import { type Findings, findLeftovers, type Problem, removeAll, type Swept } from '../machine/gc.ts';
import { runId, runLabel } from '../machine/run-id.ts';
import type { Work } from '../machine/work.ts';
import { exitCodeOf } from '../terminal/command.ts';
import { DriverCommand, flagsToAsk, ofOurs, ofPlugins } from '../terminal/driver-command.ts';
import { jsonFlag, progressFlags, valuesFor } from '../terminal/flags.ts';
import { leftoversJson, leftoversText } from '../terminal/leftovers.ts';

export default class Gc extends DriverCommand {
  static override flagsOfPlugins = ofPlugins(flagsToAsk);
  static override summary = 'Find machines and parts that are to go, and remove them';
  static override description =
    'Looks in the store, on this computer, at every place where a machine of the store is, and where the flags say, for ' +
    'machines whose time is over, what interrupted commands left, parts that no record knows, and records of machines ' +
    'that are gone. Touches nothing that is protected or being worked on. docs/gc.md tells all.';
  static override usage = 'gc [FLAGS]';
  static override examples = [
    '<%= config.bin %> gc',
    '<%= config.bin %> gc --yes --driver amazonec2 --amazonec2-region us-east-1,eu-central-1',
    '<%= config.bin %> gc --yes --driver amazonec2 --run-id',
  ];
  static override flags = {
    driver: Flags.string({
      char: 'd',
      multiple: true,
      multipleNonGreedy: true,
      env: 'SLIPWAY_DRIVER',
      summary: "Ask there too, not only where the store's machines are",
    }),
    'run-id': Flags.string({
      helpValue: '[ID]',
      summary:
        'Only what this run of a CI system made, of whichever store, also what runs; without ID: the present run',
    }),
    'all-stores': Flags.boolean({
      exclusive: ['run-id'],
      summary: "Other stores' too: machines whose time is over, and parts whose machine is gone",
    }),
    yes: Flags.boolean({ char: 'y', summary: 'Do not ask' }),
    'dry-run': Flags.boolean({ exclusive: ['yes'], summary: 'Only say what would be removed' }),
    ...jsonFlag,
    ...progressFlags,
    ...ofOurs(flagsToAsk),
  };

  async run(): Promise<void> {
    this.argv = withPresentRun(this.argv);
    const { flags, raw } = await this.parse(Gc);
    const named = [flags.driver ?? []].flat().flatMap(words); // from the environment it comes as a word, and not as a list
    const drivers = this.chooseDrivers(named, flags, raw);
    const work = this.work(flags, 'Interrupted; what is left is found again: slipway gc');
    const findings = await findLeftovers(work, {
      places: drivers.map(([driver, specs]) => ({ driver, flags: valuesFor(specs, flags) })),
      allStores: flags['all-stores'],
      ...runOf(flags['run-id']),
    });
    if (!flags.json) await this.printAmid(leftoversText(findings));
    const agreed = flags.yes || (!flags.json && !flags['dry-run'] && (await agree(work, findings)));
    const swept = agreed ? await removeAll(work, findings.removals) : [];
    this.closeView();
    if (flags.json) this.printJson(leftoversJson(findings, swept));
    else for (const each of swept) this.tellOf(each);
    const errors = [...findings.problems.map(inItsPlace), ...swept.flatMap(({ error }) => error ?? [])];
    for (const error of errors) this.tell(error);
    if (!agreed && !flags['dry-run'] && findings.removals.length > 0) errors.push(this.onlyListed());
    if (work.signal?.aborted) this.exit(130);
    if (errors.length > 0) this.exit(Math.max(...errors.map(exitCodeOf)));
  }

  private tellOf({ leftover: { name }, because, error }: Swept): void {
    if (because !== undefined) this.log(`"${name}" stays: ${because}.`);
    else if (error === undefined) this.log(`"${name}" is removed.`);
  }

  private onlyListed(): SlipwayError {
    const error = new SlipwayError('bad-input', 'Nothing was removed: there is no terminal to ask at', {
      hint: 'Add --yes to remove it, or --dry-run to see it only.',
    });
    this.tell(error);
    return error;
  }
}

/** True when the person at the terminal wants it all removed, false where there is none. */
async function agree({ ask }: Work, { removals }: Findings): Promise<boolean> {
  if (removals.length === 0 || !ask) return false;
  if (await ask.yes(removals.length === 1 ? 'Remove it?' : `Remove these ${removals.length}?`)) return true;
  throw new SlipwayError('interrupted', 'Nothing was removed');
}

function words(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

/** "--run-id" without a value means the present run: the command line's library knows no such flags. */
function withPresentRun(words: readonly string[]): string[] {
  return words.flatMap((word, at) => {
    const next = words[at + 1];
    if (word !== '--run-id' || (next !== undefined && !next.startsWith('-'))) return [word];
    const run = runId(process.env);
    if (run !== undefined) return [`--run-id=${run}`];
    throw new SlipwayError('bad-input', 'Nothing here says which run of a CI system this is', {
      hint: 'Say --run-id ID, or set SLIPWAY_RUN_ID, as when the machines were made.',
    });
  });
}

/** Nothing must not be taken for everything: a variable in the script may be empty. */
function runOf(given: string | undefined): { run?: string } {
  if (given === undefined) return {};
  if (given.trim() !== '') return { run: runLabel(given) };
  throw new SlipwayError('bad-input', '--run-id names no run');
}

function inItsPlace({ about, error }: Problem): SlipwayError {
  return new SlipwayError('failed', `Not all could be looked at: "${about}"`, {
    cause: error,
    ...(hintOf(error) === undefined ? {} : { hint: hintOf(error) as string }),
  });
}
