import { SlipwayError } from '../errors.ts';
import { create } from '../machine/create.ts';
import { type CreatePlan, plan } from '../machine/plan.ts';
import type { Machine } from '../store/machine.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { createFlags, requestOf } from '../terminal/create-flags.ts';
import { chooseDriver, flagsOfDrivers } from '../terminal/driver-choice.ts';
import { namesArg, progressFlags } from '../terminal/flags.ts';
import { goesByItself } from '../terminal/lifetime-text.ts';
import { named } from '../terminal/many.ts';
import { indented } from '../terminal/table.ts';

export default class Create extends SlipwayCommand {
  static override summary = 'Make machines, install the engine on them, and write docker contexts for them';
  static override args = namesArg;
  static override strict = false;
  static override usage = 'create [FLAGS] NAME...';
  static override description = "With --driver NAME --help, that driver's own flags.";
  static override examples = [
    '<%= config.bin %> create dev',
    '<%= config.bin %> create --qemu-memory 4096 --qemu-cpus 4 build',
    '<%= config.bin %> create --driver generic --generic-ip-address 192.0.2.7 server',
  ];
  static override flags = { ...createFlags, ...progressFlags, ...flagsOfDrivers };

  async run(): Promise<void> {
    const { argv, flags, raw } = await this.parse(Create);
    const own = chooseDriver(flags, raw);
    const work = this.work(flags, 'Interrupted; slipway ls shows what is left, slipway rm removes it.');
    const names = named(argv as string[]);
    if (flags['dry-run']) {
      await this.perform(names, (name) => plan(work, requestOf(name, flags, own)), planText);
      return;
    }
    if (flags.hostname !== undefined && names.length > 1) {
      throw new SlipwayError('bad-input', 'One host name cannot be given to several machines');
    }
    await this.perform(names, (name) => create(work, requestOf(name, flags, own)), whatNext);
  }
}

function whatNext(name: string, { context, lifetime }: Machine): string {
  const commands = [
    [`docker --context ${context} ps`, 'one docker command on it'],
    [`slipway use ${name}`, 'all docker commands from now on'],
    [`eval "$(slipway env ${name})"`, 'the docker commands of this shell'],
    ...(lifetime?.ends === undefined ? [] : [[`slipway extend ${name} 1h`, 'an hour more'] as const]),
  ] as const;
  const width = Math.max(...commands.map(([command]) => command.length));
  const lines = commands.map(([command, what]) => `  ${command.padEnd(width)}   ${what}`);
  const until = lifetime ? ` It ${goesByItself(lifetime)}.` : '';
  return [`"${name}" is ready.${until} What to type next:`, ...lines].join('\n');
}

function planText(name: string, { driver, parts, ports, price, otherChoices }: CreatePlan): string {
  const lines = [
    ...parts.map(({ kind, what }) => [kind, what]),
    ...ports.map(({ port, from }) => [`port ${port}`, `from ${from.join(', ')}`]),
    ['price', price ?? 'nobody can be asked'],
    ...(otherChoices === 0 ? [] : [['else', `${otherChoices} more choices, in their order`]]),
  ];
  return [`"${name}" would be made with the driver "${driver}":`, indented(lines)].join('\n');
}
