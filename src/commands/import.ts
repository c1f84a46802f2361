import { SlipwayError } from '../errors.ts';
import { importMachine } from '../machine/import.ts';
import { dockerMachineFolder, dockerMachineLayout } from '../store/docker-machine/layout.ts';
import { machineNames } from '../store/machine.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { namesArg, progressFlags } from '../terminal/flags.ts';
import { named } from '../terminal/many.ts';

export default class Import extends SlipwayCommand {
  static override summary = "Take machines over from docker-machine's store";
  static override description =
    'All of them, or those that are named. PATH is the folder of that store, with a slash in it; without one MACHINE_STORAGE_PATH, else ~/.docker/machine. What cannot be taken over stays there, and is told with the reason.';
  static override args = namesArg;
  static override strict = false;
  static override usage = 'import [FLAGS] [PATH] [NAME...]';
  static override examples = ['<%= config.bin %> import', '<%= config.bin %> import ./machines-of-ci web db'];
  static override flags = progressFlags;

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Import);
    const [path, ...rest] = argv as string[];
    const isPath = path !== undefined && /[/\\]|^\.{1,2}$/.test(path);
    const from = dockerMachineLayout(dockerMachineFolder(isPath ? path : undefined, process.env));
    const asked = isPath ? rest : (argv as string[]);
    const names = asked.length > 0 ? named(asked) : (await machineNames(from)).sort();
    if (names.length === 0)
      throw new SlipwayError('not-found', `There is no machine of docker-machine's in "${from.root}"`);
    const work = this.work(flags, 'Interrupted; the same command again goes on where it stopped.');
    await this.perform(
      names,
      (name) => importMachine(work, from, name),
      (name, aside) => `"${name}" is taken over. What docker-machine had of it is in ${aside}`,
    );
  }
}
