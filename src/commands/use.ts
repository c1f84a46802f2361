import { useContext } from '../context/index.ts';
import { clientSettings } from '../machine/client.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { nameArg } from '../terminal/flags.ts';

export default class Use extends SlipwayCommand {
  static override summary = "Make a machine's context the docker client's current one";
  static override args = nameArg;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Use);
    const work = this.answer(flags);
    const { context } = await clientSettings(work, args.name);
    await useContext(context, work.env);
    this.log(`docker talks to "${args.name}" now (context "${context}").`);
    const overriding = ['DOCKER_HOST', 'DOCKER_CONTEXT'].find((variable) => work.env[variable]);
    if (overriding) this.warn(`${overriding} is set in this shell and goes before the context: unset ${overriding}`);
  }
}
