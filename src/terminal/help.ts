import { type Command, Help, type Interfaces } from '@oclif/core';
import type { DriverCommand } from './driver-command.ts';

/** The help text, as oclif writes it. */
export default class SlipwayHelp extends Help {
  constructor(config: Interfaces.Config, options?: Partial<Interfaces.HelpOptions>) {
    super(config, options);
    const { render } = this;
    this.render = (text) => (text.includes('<%') ? render(text) : text); // the library of templates takes a while to load
  }

  override async showCommandHelp(command: Command.Loadable): Promise<void> {
    await super.showCommandHelp(await withAllFlags(command, this.config));
  }
}

/**
 * The command as its own file has it, and with the flags of plugins' drivers: oclif.manifest.json, which every start
 * reads, leaves out the flags of drivers.
 */
export async function withAllFlags(command: Command.Loadable, config: Interfaces.Config): Promise<Command.Loadable> {
  const loaded = (await command.load()) as Command.Class & Partial<typeof DriverCommand>;
  const flags = { ...loaded.baseFlags, ...loaded.flags, ...(await loaded.flagsOfPlugins?.(config)) };
  const named = Object.entries(flags).map(([name, flag]) => [name, { ...flag, name }]);
  return { ...command, flags: Object.fromEntries(named) };
}
