import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { Flags } from '@oclif/core';
import { codeOf, SlipwayError } from '../errors.ts';
import { type Ran, run, whatIsLeft } from '../machine/run.ts';
import type { Work } from '../machine/work.ts';
import { machineName } from '../store/name.ts';
import { machineFlags, requestOf } from '../terminal/create-flags.ts';
import { DriverCommand, flagsToMake, ofOurs } from '../terminal/driver-command.ts';
import { progressFlags } from '../terminal/flags.ts';
import { impossibility, runHere } from '../terminal/here.ts';
import { ownWords } from '../terminal/remote-words.ts';
import { asksForEnd, exitCodeFor, isTyped, type Signals, signalsFor } from '../terminal/signals.ts';

/** Slipway failed; the command was not run, or not to its end. */
const FAILED = 125;
/** A machine is left that should be gone: whatever the command ended with. */
const LEFT = 123;

export default class Run extends DriverCommand {
  static override summary = 'Make a machine, run a command here that uses it, and remove it whatever happens';
  static override description =
    'docker, and what reads DOCKER_HOST, talks to the machine within the command. Its exit code is the exit code of this command.';
  static override strict = false;
  static override usage = 'run [FLAGS] -- COMMAND...';
  static override examples = [
    '<%= config.bin %> run -- docker build .',
    '<%= config.bin %> run --driver aws --ttl 2h -- docker compose up --exit-code-from tests',
    "<%= config.bin %> run --reuse -- sh -c 'docker build -t app . && docker run --rm app test'",
  ];
  static override flags = {
    name: Flags.string({ summary: 'The name of the machine; made up where there is none' }),
    reuse: Flags.boolean({
      exclusive: ['name'],
      summary: 'Take a machine that an earlier run of the same flags left, and leave it to the next: --pool 1',
    }),
    pool: Flags.integer({
      exclusive: ['name'],
      min: 1,
      summary: 'As --reuse, and up to so many machines wait for the next runs',
    }),
    'keep-on-failure': Flags.boolean({
      summary: 'Leave the machine where it cannot be made or the command fails, to look at it',
    }),
    ...machineFlags,
    ...progressFlags,
    ...ofOurs(flagsToMake),
  };

  private signals: Signals | undefined;

  async run(): Promise<void> {
    const own = ownWords(this.argv);
    const command = this.argv.slice(own.length + 1);
    const { flags, argv, raw } = await this.parse(Run, [...own]);
    const [program] = command;
    if (program === undefined || argv.length > 0) throw noCommand();
    const env = { ...process.env }; // without credentials that are given to us alone
    const specs = this.chooseDriver(flags, raw);
    const impossible = await impossibility(program, env);
    if (impossible) return this.end(impossible.error, impossible.code);

    const pool = flags.pool ?? (flags.reuse ? 1 : undefined);
    const interrupted = new AbortController();
    const work = this.work(flags, interrupted.signal);
    const request = requestOf(machineName(flags.name ?? newName(program, pool !== undefined)), flags, specs);
    let name = request.name;
    const whileRemoved = this.reluctant(work, () => name);
    const signals = signalsFor((signal) => {
      if (interrupted.signal.aborted) whileRemoved(signal);
      else interrupted.abort();
    });
    this.signals = signals;
    const asked = {
      machine: request,
      keepOnFailure: flags['keep-on-failure'],
      ...(pool === undefined ? {} : { pool }),
    };
    const ran = await run(work, asked, async (actual, variables) => {
      name = actual;
      const telling = { say: (text: string) => void this.say(text), tell: (error: unknown) => this.tell(error) };
      return runHere(command, { ...env, ...variables }, signals, telling).finally(() => signals.give(whileRemoved));
    });
    await this.conclude(ran, program, flags.quiet);
  }

  protected override exitCode(error: unknown): number {
    if (codeOf(error) !== 'interrupted') return FAILED;
    return exitCodeFor(this.signals?.first ?? 'SIGINT');
  }

  /** What signals do while the machine is removed: only who is told of it first can leave it there. */
  private reluctant(work: Work, name: () => string): (signal: NodeJS.Signals) => void {
    let told = false;
    return (signal) => {
      if (told && isTyped(signal)) return void this.giveUp(work, name());
      told ||= asksForEnd(signal);
      if (told)
        void this.say(`"${name()}" is not gone yet. Ctrl-C again leaves it there: slipway rm ${name()} removes it.`);
    };
  }

  private async giveUp(work: Work, name: string): Promise<never> {
    const left = await whatIsLeft(work, name);
    await this.say(`Of "${name}" there is still ${left || 'nothing'}. Remove it: slipway rm ${name}`);
    process.exit(LEFT);
  }

  private async conclude({ name, code, error, fate, reason }: Ran, program: string, quiet: boolean): Promise<never> {
    if (error !== undefined) this.tell(error);
    const ended = code === undefined ? '' : `"${program}" ended with ${code}`;
    if (fate === 'left') this.tell(leftBehind(name, ended, reason));
    if (fate === 'kept' && ended !== '') await this.say(kept(name, ended));
    if (fate === 'waiting' && !quiet)
      await this.say(`"${name}" waits for the next run; slipway rm ${name} removes it.`);
    this.exit(fate === 'left' ? LEFT : (code ?? this.exitCode(error)));
  }

  private end(error: unknown, code: number): never {
    this.tell(error);
    this.exit(code);
  }
}

/** Tells in `ls` what the machine is for. */
function newName(program: string, isForAll: boolean): string {
  const word = basename(program)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 20);
  return [isForAll ? 'pool' : 'run', ...(isForAll ? [] : [word || 'command']), randomBytes(3).toString('hex')].join(
    '-',
  );
}

function noCommand(): SlipwayError {
  return new SlipwayError('bad-input', 'Which command? It stands behind two hyphens', {
    hint: 'slipway run [FLAGS] -- COMMAND...',
  });
}

function leftBehind(name: string, ended: string, cause: unknown): SlipwayError {
  const but = ended === '' ? '' : `, after ${ended}`;
  return new SlipwayError('failed', `The machine "${name}" is still there${but}`, {
    cause,
    hint: `It may cost money until it is removed: slipway rm ${name}`,
  });
}

function kept(name: string, ended: string): string {
  return [
    `"${name}" is kept, since ${ended}.`,
    `  Look at it: slipway ssh ${name}, or eval "$(slipway env ${name})"`,
    `  Then remove it: slipway rm ${name}`,
  ].join('\n');
}
