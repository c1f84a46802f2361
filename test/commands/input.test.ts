import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { driverNames, shortNames } from '../../src/drivers/index.ts';
import { newUser, type User } from './cli.ts';

const DRIVERS = [...driverNames, ...Object.keys(shortNames)].join(', ');

jest.setTimeout(120_000);

let user: User;

beforeAll(async () => {
  user = await newUser();
});

afterAll(() => user.remove());

const UNKNOWN = `Error: There is no machine "nope"
  slipway ls shows the machines that there are; slipway create nope makes one.\n`;
const WHICH =
  'Error: Which machine? Give one name or more, or --all\n  slipway ls shows the machines that there are.\n';
const HELP = 'See more help with --help\n';

/** What was typed, the exit code, and all that is on standard error; on standard output there is nothing. */
const cases: [string, number, string][] = [
  ['start', 2, WHICH],
  ['rm', 2, WHICH],
  ['start --all nope', 2, 'Error: Give names or --all, not both\n'],
  ['create', 2, 'Error: Which name shall the machine have? Give one or more\n'],
  ['ssh', 2, 'Error: Which machine?\n  slipway ssh NAME [COMMAND...]\n'],
  ['env', 2, 'Error: Which machine?\n  slipway env NAME, or slipway env --unset\n'],
  ['env --unset nope', 2, 'Error: With --unset no machine is named\n'],
  ['inspect', 2, `Error: Missing 1 required arg:\nname  the machine\n${HELP}`],
  ['status nope', 1, UNKNOWN],
  ['use nope', 1, UNKNOWN],
  ['ssh nope ls', 1, UNKNOWN],
  ['scp nope:a b', 1, UNKNOWN],
  ['rm --yes nope', 1, UNKNOWN],
  ['rm nope', 1, UNKNOWN],
  ['start --frob nope', 2, `Error: Nonexistent flag: --frob\n${HELP}`],
  [
    'env --shell ksh93 nope',
    2,
    expect.stringMatching(/^Error: Expected --shell=ksh93 to be one of: bash, .*\n/) as never,
  ],
  ['drivers nope', 2, `Error: There is no driver "nope"\n  There are: ${DRIVERS}\n`],
  ['create --storage-path elsewhere', 2, 'Error: Which name shall the machine have? Give one or more\n'],
  ['create --driver nope x', 2, `Error: There is no driver "nope"\n  There are: ${DRIVERS}\n`],
  [
    'create --driver generic --qemu-cpus 2 x',
    ...([
      2,
      'Error: --qemu-cpus is not a flag of the driver "generic"\n  slipway drivers generic shows the flags that it has.\n',
    ] as const),
  ],
  ['create --qemu-memory lots x', 2, `Error: Parsing --qemu-memory \nExpected an integer but received: lots\n${HELP}`],
  ['create --hostname h a b', 2, 'Error: One host name cannot be given to several machines\n'],
  [
    'create --ttl 2weeks x',
    2,
    'Error: "2weeks" is no length of time\n  Write 90s, 30m, 2h, 3d or 1h30m; ten years are the most.\n',
  ],
  [
    'create --idle 5s x',
    2,
    'Error: --idle 5s is over before anybody can use the machine\n  Give it a minute or more.\n',
  ],
  [
    'create --driver generic --generic-ip-address 127.0.0.1 --ttl 1h --progress plain --quiet x',
    2,
    'Error: --ttl and --idle switch a machine off, and the host of "x" is not ours\n  Leave them away: slipway rm hands the host back as it was.\n',
  ],
  [
    'active',
    1,
    expect.stringMatching(/^Error: The docker client talks to none of the machines\n {2}slipway use NAME/) as never,
  ],
];

test('every mistake gets a sentence on standard error, and an exit code', async () => {
  const answers = await user.slipways(cases.map(([line]) => line.split(' ')));
  const told = answers.map((answer, n) => ({ line: cases[n]?.[0], ...answer }));
  expect(told).toEqual(cases.map(([line, code, stderr]) => ({ line, code, stdout: '', stderr })));
});

test('a command that there is not ends with 2, in a sentence', async () => {
  const { code, stdout, stderr } = await user.slipway('frobnicate', 'dev');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe('Error: There is no command "frobnicate"\n  slipway --help shows the commands that there are.\n');
  expect(stderr).not.toMatch(/^ +at /m);
});

test('a store that is no folder is told in a sentence', async () => {
  await writeFile(join(user.home, 'file'), '');
  const { code, stderr } = await user.slipway('ls', '--storage-path', 'file');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Error: The store ".*\/file" cannot be read: ENOTDIR/);
  expect(await user.slipway('--storage-path', 'file', 'ls')).toEqual({ code, stdout: '', stderr });
});

test('a reader who has seen enough is no failure', async () => {
  const script = ['--help', 'drivers', 'ls'].map((words) => `slipway ${words} | head -0; echo $PIPESTATUS`).join('\n');
  expect(await user.run('bash', '-c', script)).toEqual({ code: 0, stdout: '0\n0\n0\n', stderr: '' });
});

test('what follows the name in ssh is for the machine, also a --help', async () => {
  const { code, stdout, stderr } = await user.slipway('ssh', 'nope', 'df', '--help');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('There is no machine "nope"');
});
