import { seconds } from '../duration.ts';
import { SlipwayError } from '../errors.ts';
import { extend } from '../machine/extend.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { namesArg, progressFlags } from '../terminal/flags.ts';
import { timeLeft } from '../terminal/lifetime-text.ts';
import { named } from '../terminal/many.ts';

export default class Extend extends SlipwayCommand {
  static override summary = 'Move the end of machines that were made with --ttl: by 90s, 30m, 2h, 3d, 1h30m';
  static override description =
    'The time is added to the end that a machine has, or to now where that is over. The machine is told, its place, and its record.';
  static override args = namesArg;
  static override strict = false;
  static override usage = 'extend [FLAGS] NAME... TIME';
  static override examples = ['<%= config.bin %> extend dev 1h'];
  static override flags = progressFlags;

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Extend);
    const words = argv as string[];
    if (words.length < 2) throw missing();
    const more = seconds(words.at(-1) ?? '');
    const work = this.work(flags, 'Interrupted; the same command again goes on where it stopped.');
    await this.perform(
      named(words.slice(0, -1)),
      (name) => extend(work, name, more),
      (name, ends) => `"${name}" has ${timeLeft({ ends })} left, until ${ends.slice(0, 16).replace('T', ' ')} UTC.`,
    );
  }
}

function missing(): SlipwayError {
  return new SlipwayError('bad-input', 'Which machine, and by how much?', { hint: 'slipway extend NAME... TIME' });
}
