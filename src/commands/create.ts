import { SlipwayError } from '../errors.ts';
import { create } from '../machine/create.ts';
import { createMany } from '../machine/create-many.ts';
import { type CreatePlan, plan } from '../machine/plan.ts';
import type { CreateRequest } from '../machine/request.ts';
import type { Work } from '../machine/work.ts';
import type { Machine } from '../store/machine.ts';
import { createFlags, requestOf } from '../terminal/create-flags.ts';
import { DriverCommand, flagsToMake, ofOurs } from '../terminal/driver-command.ts';
import { namesArg, progressFlags } from '../terminal/flags.ts';
import { goesByItself } from '../terminal/lifetime-text.ts';
import { counted, forEach, named, type Outcome } from '../terminal/many.ts';
import { grouped, summaryOf } from '../terminal/summary.ts';
import { indented } from '../terminal/table.ts';

export default class Create extends DriverCommand {
  static override summary = 'Make machines, install the engine on them, and write docker contexts for them';
  static override args = namesArg;
  static override strict = false;
  static override usage = 'create [FLAGS] NAME...';
  static override description = "With --driver NAME --help, that driver's own flags.";
  static override examples = [
    '<%= config.bin %> create dev',
    '<%= config.bin %> create --qemu-memory 4096 --qemu-cpus 4 build',
    '<%= config.bin %> create --driver amazonec2 --count 20 --all-or-nothing web',
    '<%= config.bin %> create --driver generic --generic-ip-address 192.0.2.7 server',
  ];
  static override flags = { ...createFlags, ...progressFlags, ...ofOurs(flagsToMake) };

  async run(): Promise<void> {
    const { argv, flags, raw } = await this.parse(Create);
    const own = this.chooseDriver(flags, raw);
    const work = this.work(flags, 'Interrupted; slipway ls shows what is left, slipway rm removes it.');
    const names = counted(named(argv as string[]), flags.count);
    if (flags['dry-run']) {
      const plans = await forEach(names, (name) => plan(work, requestOf(name, flags, own)));
      return this.tellOutcomes(plans, grouped(plans.flatMap(planText)));
    }
    if (flags.hostname !== undefined && names.length > 1) {
      throw new SlipwayError('bad-input', 'One host name cannot be given to several machines');
    }
    if (names.length > 1) {
      const requests = names.map((name) => requestOf(name, flags, own));
      return this.makeMany(work, requests, flags['all-or-nothing']);
    }
    await this.perform(names, (name) => create(work, requestOf(name, flags, own)), whatNext);
  }

  private async makeMany(work: Work, requests: readonly CreateRequest[], allOrNothing: boolean): Promise<void> {
    const began = performance.now();
    const created = await createMany(work, requests, allOrNothing);
    this.tellOutcomes(created, [summaryOf(created, (performance.now() - began) / 1000)]);
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

function planText({ name, value }: Outcome<CreatePlan>): { name: string; text: string }[] {
  if (!value) return [];
  const { driver, parts, ports, price, otherChoices } = value;
  const lines = [
    ...parts.map(({ kind, what }) => [kind, what]),
    ...ports.map(({ port, from }) => [`port ${port}`, `from ${from.join(', ')}`]),
    ['price', price ?? 'nobody can be asked'],
    ...(otherChoices === 0 ? [] : [['else', `${otherChoices} more choices, in their order`]]),
  ];
  return [{ name, text: [`"${name}" would be made with the driver "${driver}":`, indented(lines)].join('\n') }];
}
