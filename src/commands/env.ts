import { Flags } from '@oclif/core';
import { detectShell, shellLines, shells, usageHint } from '../context/index.ts';
import { SlipwayError } from '../errors.ts';
import { clientSettings, dockerVariables, proxyException, proxyVariable } from '../machine/client.ts';
import type { Work } from '../machine/work.ts';
import { SlipwayCommand } from '../terminal/command.ts';
import { jsonFlag, optionalNameArg } from '../terminal/flags.ts';

export default class Env extends SlipwayCommand {
  static override summary = 'Print the lines that point the docker client of a shell at a machine';
  static override args = optionalNameArg;
  static override examples = ['eval "$(<%= config.bin %> env dev)"', 'eval "$(<%= config.bin %> env -u)"'];
  static override flags = {
    ...jsonFlag,
    shell: Flags.option({ options: shells, summary: 'The shell; without this, the one that SHELL names' })(),
    unset: Flags.boolean({ char: 'u', summary: 'Print the lines that take the variables away' }),
    'no-proxy': Flags.boolean({ summary: 'Except the machine from the proxy' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Env);
    const work = this.answer(flags);
    const variables = await (flags.unset ? none(args.name, flags['no-proxy']) : of(work, args.name, flags['no-proxy']));
    if (flags.json) return this.printJson(variables);
    const shell = flags.shell ?? detectShell(work.env, process.platform);
    for (const line of shellLines(shell, variables)) this.log(line);
    for (const line of usageHint(shell, ['slipway', ...process.argv.slice(2)])) this.log(line);
  }
}

type Variables = Record<string, string | undefined>;

async function of(work: Work, name: string | undefined, exceptProxy: boolean): Promise<Variables> {
  if (name === undefined) {
    throw new SlipwayError('bad-input', 'Which machine?', { hint: 'slipway env NAME, or slipway env --unset' });
  }
  const settings = await clientSettings(work, name);
  const exception = exceptProxy ? proxyException(work.env, new URL(settings.url).hostname) : {};
  return { ...dockerVariables(name, settings), ...exception };
}

async function none(name: string | undefined, exceptProxy: boolean): Promise<Variables> {
  if (name !== undefined) throw new SlipwayError('bad-input', 'With --unset no machine is named');
  const names = ['DOCKER_TLS_VERIFY', 'DOCKER_HOST', 'DOCKER_CERT_PATH', 'DOCKER_MACHINE_NAME'];
  return Object.fromEntries(
    [...names, ...(exceptProxy ? [proxyVariable(process.env)] : [])].map((each) => [each, undefined]),
  );
}
