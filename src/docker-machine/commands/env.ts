import { detectShell, type Shell, shellLines, shells } from '../../context/index.ts';
import { dockerVariables, proxyException, proxyVariable } from '../../machine/client.ts';
import { answering, type Call, type OldCommand, print, programName } from '../call.ts';
import { checkedSettings, swarmFlag } from '../connection.ts';
import { sentence } from '../errors.ts';
import { oneNamed } from '../machines.ts';

const command: OldCommand = {
  summary: 'Print the lines that point the docker client of a shell at a machine',
  takes: '[NAME]',
  flags: [
    swarmFlag,
    {
      names: ['shell'],
      kind: 'string',
      summary: `The shell: ${shells.join(', ')}; the one that SHELL names when absent`,
    },
    { names: ['unset', 'u'], kind: 'bool', summary: 'Take the variables away' },
    { names: ['no-proxy'], kind: 'bool', summary: 'Except the machine from the proxy' },
  ],
  async run(call) {
    const asked = String(call.flags.shell ?? '');
    if (asked === '' && !call.env.SHELL && process.platform !== 'win32') return unknownShell(call.env);
    const variables = await (call.flags.unset ? unset(call) : set(call));
    const shell = asked === '' ? detectShell(call.env, process.platform) : shellCalled(asked);
    for (const line of shellLines(shell, variables)) print(line);
    for (const line of hint(shell, [await programName(call.env), ...process.argv.slice(2)])) print(line);
    return 0;
  },
};

export default command;

type Variables = Record<string, string | undefined>;

async function set(call: Call): Promise<Variables> {
  const work = answering(call);
  const name = await oneNamed(work, call.words);
  const settings = await checkedSettings(work, name, call.flags.swarm === true).catch((cause: unknown) => {
    throw sentence('Error checking TLS connection', cause);
  });
  const exception = call.flags['no-proxy'] ? proxyException(call.env, new URL(settings.url).hostname) : {};
  const windows = process.platform === 'win32' ? { COMPOSE_CONVERT_WINDOWS_PATHS: 'true' } : {};
  return { ...dockerVariables(name, settings), ...windows, ...exception };
}

async function unset({ words, flags, env }: Call): Promise<Variables> {
  if (words.length > 0) throw sentence('Error: Expected no machine name when the -u flag is present');
  const names = ['DOCKER_TLS_VERIFY', 'DOCKER_HOST', 'DOCKER_CERT_PATH', 'DOCKER_MACHINE_NAME'];
  return Object.fromEntries(
    [...names, ...(flags['no-proxy'] ? [proxyVariable(env)] : [])].map((name) => [name, undefined]),
  );
}

/** Every other name stands for a shell that is like bash. */
function shellCalled(name: string): Shell {
  return shells.find((shell) => shell === name) ?? 'bash';
}

async function unknownShell(env: NodeJS.ProcessEnv): Promise<number> {
  print(`The shell is not known: give its name, ${await programName(env)} env --shell bash\n`);
  throw sentence('Error: Unknown shell');
}

interface Hint {
  readonly mark: string;
  readonly line: (command: string) => string;
}

const POSIX: Hint = { mark: '# ', line: (command) => `eval $(${command})` };

/** How each shell is told to carry out what this command prints, in the two comments at the end. */
const HINTS: Readonly<Record<Shell, Hint>> = {
  bash: POSIX,
  zsh: POSIX,
  sh: POSIX,
  fish: { mark: '# ', line: (command) => `eval (${command})` },
  tcsh: { mark: ': ', line: (command) => `eval \`${command}\`` },
  powershell: { mark: '# ', line: (command) => `& ${command} | Invoke-Expression` },
  cmd: { mark: 'REM ', line: (command) => `\t@FOR /f "tokens=*" %i IN ('${command}') DO @%i` },
  emacs: {
    mark: ';; ',
    line: (command) => `(with-temp-buffer (shell-command "${command}" (current-buffer)) (eval-buffer))`,
  },
};

const SENTENCE = 'Run this command to configure your shell: ';

function hint(shell: Shell, [program = '', ...words]: readonly string[]): string[] {
  const { mark, line } = HINTS[shell];
  const called = /[ \\]/.test(program) ? `"${program}"` : program;
  const command = [called, ...words].join(' ').replace(/[\r\n]+/g, ' '); // a comment ends with its line
  // tcsh has no comments where it reads from eval: its quotes keep the command from running.
  if (shell === 'tcsh') return [SENTENCE, line(command)].map((text) => `${mark}'${text.replaceAll("'", "'\\''")}';`);
  return [`${mark}${SENTENCE}`, `${mark}${line(command)}`];
}
