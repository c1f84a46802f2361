import { Flags } from '@oclif/core';
import { detectShell, shellLines, shells, usageHint } from '../context/index.ts';
import { SlipwayError } from '../errors.ts';
import { clientSettings } from '../machine/client.ts';
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
  const { url, certPath } = await clientSettings(work, name);
  return {
    DOCKER_TLS_VERIFY: certPath && '1',
    DOCKER_HOST: url,
    DOCKER_CERT_PATH: certPath,
    DOCKER_MACHINE_NAME: name,
    ...(exceptProxy ? { [proxyVariable(work.env)]: proxyExceptions(work.env, new URL(url).hostname) } : {}),
  };
}

async function none(name: string | undefined, exceptProxy: boolean): Promise<Variables> {
  if (name !== undefined) throw new SlipwayError('bad-input', 'With --unset no machine is named');
  const names = ['DOCKER_TLS_VERIFY', 'DOCKER_HOST', 'DOCKER_CERT_PATH', 'DOCKER_MACHINE_NAME'];
  return Object.fromEntries(
    [...names, ...(exceptProxy ? [proxyVariable(process.env)] : [])].map((each) => [each, undefined]),
  );
}

function proxyVariable(env: NodeJS.ProcessEnv): string {
  return env.no_proxy ? 'no_proxy' : 'NO_PROXY';
}

function proxyExceptions(env: NodeJS.ProcessEnv, host: string): string {
  const present = (env[proxyVariable(env)] ?? '').split(',').filter((each) => each !== '');
  return [...new Set([...present, host])].join(',');
}
