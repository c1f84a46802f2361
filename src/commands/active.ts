import { SlipwayError } from '../errors.ts';
import { activeMachine } from '../machine/list.ts';
import { SlipwayCommand } from '../terminal/command.ts';

export default class Active extends SlipwayCommand {
  static override summary = 'Print the machine that the docker client of this shell talks to';

  async run(): Promise<void> {
    const { flags } = await this.parse(Active);
    const name = await activeMachine(this.answer(flags));
    if (name === undefined) {
      throw new SlipwayError('not-found', 'The docker client talks to none of the machines', {
        hint: 'slipway use NAME, or eval "$(slipway env NAME)", makes one the active one.',
      });
    }
    this.log(name);
  }
}
