import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { driverNames, shortNames } from '../../src/drivers/index.ts';
import { newUser, type User } from '../commands/cli.ts';
import { openScreen, type Screen, scriptOf } from './screen.ts';

const HOSTILE = [
  '$(touch pwned)',
  '`touch pwned`',
  'a b',
  '-rf',
  "it's",
  ';touch pwned',
  'two\nlines',
  'tab\there',
  '🐳',
];

const ALL_DRIVERS = [...driverNames, ...Object.keys(shortNames)];

let user: User;

beforeAll(async () => {
  user = await newUser();
  for (const name of ['dev', 'deploy', 'web.one']) await user.add(name);
  for (const name of HOSTILE) await mkdir(user.store.machine(name).folder);
  await writeFile(join(user.home, 'certificate.pem'), '');
  await writeFile(join(user.home, 'rc.bash'), `PS1='> '\n${(await user.slipway('completion', 'bash')).stdout}`);
  await writeFile(
    join(user.home, '.zshrc'),
    `autoload -Uz compinit\ncompinit -u -D\nPS1='> '\neval "$(slipway completion zsh)"\n`,
  );
  // The same as a file of its own, which zsh loads when it is first needed.
  await mkdir(join(user.home, 'zsh'));
  await writeFile(join(user.home, 'zsh/_slipway'), (await user.slipway('completion', 'zsh')).stdout);
  await writeFile(join(user.home, 'zsh/.zshrc'), `fpath+=~/zsh\nautoload -Uz compinit\ncompinit -u -D\nPS1='> '\n`);
  await mkdir(join(user.home, '.config/fish/completions'), { recursive: true });
  await writeFile(
    join(user.home, '.config/fish/completions/slipway.fish'),
    (await user.slipway('completion', 'fish')).stdout,
  );
  await writeFile(join(user.home, '.config/fish/config.fish'), `function fish_prompt; echo '> '; end\n`);
});

afterAll(() => user.remove());

/** For each of these lines the words that may stand at its end; all are answered by one process. */
async function asked(...lines: readonly (readonly string[])[]): Promise<string[][]> {
  const script = `
    const config = await $.Config.load(${JSON.stringify(resolve('.'))});
    for (const words of ${JSON.stringify(lines)}) {
      await $.default.run(['--', ...words], config);
      console.log('-----');
    }`;
  const modules = ['node_modules/@oclif/core/lib/index.js', 'src/commands/complete.ts'];
  const [program = '', ...args] = scriptOf(modules, script);
  const { code, stdout, stderr } = await user.run(program, ...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const answers = stdout.split('-----\n').slice(0, -1);
  return answers.map((answer) =>
    answer
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split('\t')[0] ?? ''),
  );
}

describe('what may stand at the cursor', () => {
  const all = ['deploy', 'dev', 'web.one'];

  test('commands, the hidden one not, each with what it does', async () => {
    const { code, stdout, stderr } = await user.slipway('complete', '--', '');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('start\tBoot machines and wait until their engines answer\n');
    expect(stdout).not.toMatch(/^complete\t/m);
  });

  test('the machines that a command can be about, without those that are named already', async () => {
    const lines: [string[], string[]][] = [
      [['start', ''], all],
      [
        ['start', 'dev', '--quiet', ''],
        ['deploy', 'web.one'],
      ],
      [['start', '--all', ''], []],
      [['start', '-qa', ''], []],
      [['inspect', ''], all],
      [['inspect', 'dev', ''], []],
      [['rm', '--', '-'], all],
      [['create', ''], []],
      [['ls', ''], []],
      [['ssh', ''], all],
      [['ssh', 'dev', 'ls', '--'], []], // a command for another computer
    ];
    expect(await asked(...lines.map(([words]) => words))).toEqual(lines.map(([, words]) => words));
  });

  test('values, places and files', async () => {
    const lines: [string[], string[]][] = [
      [['drivers', ''], ALL_DRIVERS],
      [['create', '--driver', ''], ALL_DRIVERS],
      [['create', '-d', ''], ALL_DRIVERS],
      [
        ['start', '--progress='],
        ['--progress=auto', '--progress=plain', '--progress=json'],
      ],
      [
        ['completion', ''],
        ['bash', 'zsh', 'fish'],
      ],
      [['create', '--tls-ca-cert', ''], [':files']],
      [['run', ''], []],
      [['run', '--reuse', '--', './'], [':files']],
      [['create', '--engine-version', ''], []],
      [
        ['scp', 'a.txt', ''],
        ['deploy:', 'dev:', 'web.one:', ':files'],
      ],
      [['scp', 'dev:/tmp'], []],
    ];
    expect(await asked(...lines.map(([words]) => words))).toEqual(lines.map(([, words]) => words));
  });

  test('flags: those of the chosen driver, each once unless it can be given again', async () => {
    const given = ['--driver=generic', '--quiet', '--engine-label', 'a=b'];
    const [unchosen = [], chosen = []] = await asked(['create', '--'], ['create', ...given, '-']);
    expect(unchosen).toEqual(expect.arrayContaining(['--driver', '--qemu-memory', '--engine-label', '--help']));
    expect(unchosen.filter((flag) => flag.startsWith('--generic'))).toEqual([]);
    expect(chosen).toEqual(expect.arrayContaining(['--generic-ip-address', '--engine-label', '--progress']));
    expect(chosen.filter((flag) => /^--(qemu|driver|quiet)/.test(flag))).toEqual([]);
    const [short = [], long] = await asked(['create', '-d', 'gcp', '--'], ['create', '-d', 'google', '--']);
    expect(short).toContain('--google-zone');
    expect(short).toEqual(long);
  });

  test('a store named on the line is the one that is looked into', async () => {
    const other = await newUser();
    try {
      await other.add('elsewhere');
      const named = [['-s', other.store.root], [`--storage-path=${other.store.root}`], [`-s${other.store.root}`]];
      expect(await asked(...named.map((words) => ['start', ...words, '']))).toEqual(named.map(() => ['elsewhere']));
    } finally {
      await other.remove();
    }
  });

  test('of a line that makes no sense there is no complaint', async () => {
    const lines = [
      [],
      ['no-such', ''],
      ['start', '-s', '/dev/null', ''],
      ['start', '--no-such', '-xyz', '--=', '=', ''],
    ];
    expect(await asked(...lines)).toHaveLength(lines.length);
    expect(await user.slipway('complete', '--', 'start', '-s', '/dev/null', '')).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });
});

describe('bash', () => {
  /** What the function asks slipway, and what it replies, when bash has taken a line apart like this. */
  async function reply(line: string, words: readonly string[], candidates: readonly string[]) {
    const script = `source rc.bash
      slipway() { printf '<%s>' "$@" >asked; printf '%s\\t\\n' ${candidates.join(' ')}; }
      COMP_LINE=$1 COMP_POINT=\${#1}; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
      _slipway; cat asked; printf '\\n%s' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = await user.run('bash', '--norc', '-c', script, 'bash', line, ...words);
    expect(stderr).toBe('');
    const [asked, ...replies] = stdout.split('\n');
    return { asked: asked?.replace('<complete><-->', ''), replies };
  }

  test.each([
    ['slipway st', ['st'], '<st>', ['start', 'ls', 'stop'], ['start', 'stop']],
    ['slipway  start  dev ', ['start', 'dev', ''], '<start><dev><>', ['a', 'b'], ['a', 'b']],
    ['slipway scp dev:', ['scp', 'dev', ':'], '<scp><dev:>', ['dev:'], ['']],
    ['slipway scp dev:', ['scp', 'dev', ':', ''], '<scp><dev:>', ['dev:'], ['']],
    ['slipway scp a:/b=c d', ['scp', 'a', ':', '/b', '=', 'c', 'd'], '<scp><a:/b=c><d>', ['dev:'], ['dev:']],
    ['slipway ls --x=j', ['ls', '--x', '=', 'j'], '<ls><--x=j>', ['--x=json', '--x=plain'], ['json']],
    ['slipway ls --x=', ['ls', '--x', '='], '<ls><--x=>', ['--x=json', '--x=plain'], ['json', 'plain']],
    ['slipway ls --x=y d', ['ls', '--x', '=', 'y', 'd'], '<ls><--x=y><d>', ['dev'], ['dev']],
    ['slipway sto', ['stop'], '<sto>', ['stop'], ['stop']], // the cursor stands before the p
    ['slipway ls x', ['ls', 'x'], '<ls><x>', ['dev', ':files'], ['']],
  ])('%j', async (line, words, asked, candidates, replies) => {
    expect(await reply(line, ['slipway', ...words], candidates)).toEqual({ asked, replies });
  });
});

test('fish: candidates with what they are', async () => {
  const complete = (line: string) => user.run('fish', '-c', 'complete -C $argv[1]', line);
  expect((await complete('slipway sto')).stdout).toBe('stop\tShut machines down in an orderly way\n');
  expect((await complete('slipway start dev d')).stdout).toBe('deploy\n');
  expect((await complete('slipway start --progress=j')).stdout).toBe('--progress=json\n');
  expect((await complete('slipway create --tls-ca-cert cert')).stdout).toMatch(/^certificate\.pem/);
  expect((await complete('slipway create --tls-ca-cert=cert')).stdout).toMatch(/^--tls-ca-cert=certificate\.pem/);
  expect((await complete('slipway start ')).stdout).toBe('deploy\ndev\nweb.one\n');
});

describe('by the Tab key', () => {
  const shells = [
    ['bash', '--rcfile', 'rc.bash', '-i'],
    ['zsh', '-i'],
    ['env', 'ZDOTDIR=zsh', 'zsh', '-i'],
    ['fish', '-i'],
  ];
  let screens: Screen[];

  const inEach = (what: (screen: Screen) => Promise<unknown>) => Promise.all(screens.map(what));

  beforeAll(async () => {
    const open = (command: string[]) => openScreen(command, { columns: 100, env: user.env, cwd: user.home });
    screens = await Promise.all(shells.map(open));
    await inEach((screen) => screen.shows('>'));
  });

  afterAll(() => inEach((screen) => screen.close()));

  afterEach(() =>
    inEach(async (screen) => {
      await screen.press('C-c');
      await screen.type('clear');
      await screen.press('Enter');
    }),
  );

  test.each([
    ['slipway start dev dep', 'slipway start dev deploy'],
    ['slipway scp x web', 'slipway scp x web.one:'],
    ['slipway start --progress=j', 'slipway start --progress=json'],
    ['slipway create --tls-ca-cert=certif', 'slipway create --tls-ca-cert=certificate.pem'],
    ['slipway scp certif', 'slipway scp certificate.pem'],
  ])('%s', async (typed, completed) => {
    await inEach(async (screen) => {
      await screen.type(typed);
      await screen.press('Tab');
      await screen.shows(completed);
    });
  });

  test('a name that nobody gave a machine is neither offered nor run', async () => {
    await inEach(async (screen) => {
      await screen.type('slipway start ');
      await screen.press('Tab');
      if (screen === screens[0]) await screen.press('Tab'); // bash only rings its bell at the first
      const lines = await screen.shows(/(?=.*deploy)(?=.*dev\b)(?=.*web\.one)/s);
      expect(lines.join('\n')).not.toMatch(/pwned|-rf|it's|🐳|lines/);
    });
    expect((await user.run('find', '.', '-name', 'pwned', '-type', 'f')).stdout).toBe('');
  });
});
