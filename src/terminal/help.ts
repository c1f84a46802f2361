import { type Command, Help, type Interfaces } from '@oclif/core';

/** The help text, as oclif writes it. */
export default class SlipwayHelp extends Help {
  constructor(config: Interfaces.Config, options?: Partial<Interfaces.HelpOptions>) {
    super(config, options);
    const { render } = this;
    this.render = (text) => (text.includes('<%') ? render(text) : text); // the library of templates takes a while to load
  }

  override async showCommandHelp(command: Command.Loadable): Promise<void> {
    await super.showCommandHelp(await withAllFlags(command));
  }
}

/** The command as its own file has it: oclif.manifest.json, which every start reads, leaves out the flags of drivers. */
export async function withAllFlags(command: Command.Loadable): Promise<Command.Loadable> {
  const { baseFlags, flags } = await command.load();
  const named = Object.entries({ ...baseFlags, ...flags }).map(([name, flag]) => [name, { ...flag, name }]);
  return { ...command, flags: Object.fromEntries(named) };
}
