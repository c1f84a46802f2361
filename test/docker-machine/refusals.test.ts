import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { ProgramResult } from '../../src/program.ts';
import { addBroken, newOldUser, type OldUser } from './cli.ts';

jest.setTimeout(120_000);

let old: OldUser;

beforeAll(async () => {
  old = await newOldUser();
  await old.add('soon', { phase: 'creating' });
  await old.add('dev');
  await old.add('down');
  await addBroken(old.store, 'broken', '{');
  await addBroken(old.store, 'newer', '{"ConfigVersion": 4}');
});

afterAll(() => old.remove());

/** Each of these lines fails and prints only this on standard error. */
async function refuses(lines: readonly (readonly [readonly string[], string | RegExp])[]): Promise<void> {
  const results = await old.machines(lines.map(([words]) => words));
  expect(results.map((result, n) => [lines[n]?.[0], result])).toEqual(
    lines.map(([words, message]) => [
      words,
      { code: 1, stdout: '', stderr: typeof message === 'string' ? message : expect.stringMatching(message) },
    ]),
  );
}

const MISSING =
  'Docker machine "nope" does not exist. Use "docker-machine ls" to list machines. Use "docker-machine create" to add a new one.\n';

test('machines that are not there, or cannot be read', () =>
  refuses([
    [['ip', 'nope'], MISSING],
    [['url', 'nope'], MISSING],
    [['inspect', '../machines/dev'], MISSING.replace('nope', '../machines/dev')],
    [['ssh', 'nope', 'true'], MISSING],
    [['stop', 'nope'], MISSING],
    [['config', 'nope'], `${MISSING}`],
    [['url'], 'Error: No machine name(s) specified and no "default" machine exists\n'],
    [['inspect', 'broken'], /^Error getting migrated host: .*JSON/],
    [
      ['url', 'newer'],
      'Error getting migrated host: config version is from the future -- you should upgrade your Docker Machine client\n',
    ],
    [['nope'], "docker-machine: 'nope' is not a docker-machine command. See 'docker-machine --help'.\n"],
    [['help', 'nope'], "docker-machine: 'nope' is not a docker-machine command. See 'docker-machine --help'.\n"],
    [['env', '-u', 'dev'], 'Error: Expected no machine name when the -u flag is present\n'],
    [
      ['env', '--swarm', 'dev'],
      'Error checking TLS connection: "dev" is not a swarm master. The --swarm flag is intended for use with swarm masters\n',
    ],
    [['scp', 'nope:/a', '.'], `Error loading host: Error loading host: ${MISSING}`],
    [['url', 'soon'], 'Host is not running\n'],
  ]));

test('what create is not given, or cannot be', () =>
  refuses([
    [['create', '-d', 'qemu', 'a', 'b', 'c'], 'Invalid command line. Found extra arguments [b c]\n'],
    [
      ['create', '-d', 'qemu', 'a_b'],
      'Error creating machine: Invalid hostname specified. Allowed hostname chars are: 0-9a-zA-Z . -\n',
    ],
    [['create', '--driver=qemu', 'dev'], 'Docker machine "dev" already exists\n'],
    [
      ['create', '-d', 'nowhere', 'x'],
      'Driver "nowhere" not found. Do you have the plugin binary "docker-machine-driver-nowhere" accessible in your PATH?\n',
    ],
    [
      ['create', '-d', 'virtualbox', 'x'],
      'Driver "virtualbox" does not exist any more\n  Machines on this computer are made by the driver "qemu".\n',
    ],
    [
      ['create', '-d', 'qemu', '--swarm-discovery', 'x', 'y'],
      'Error parsing swarm discovery: Swarm Discovery URL was in the wrong format: x\n',
    ],
  ]));

test('flags that the driver refuses', async () => {
  const lines = [
    [['create', '-d', 'generic', 'x'], 'The driver "generic" needs the address of the host'],
    [['create', '-d', 'qemu', '--qemu-memory', '1', 'y'], '--qemu-memory takes a number from 256 to 1048576, not "1"'],
    [
      ['create', '-d', 'vmwarevsphere', '--vmwarevsphere-vcenter', 'vc', 'z'],
      'Nobody says what to make the machine of',
    ],
  ] as const;
  const results = await old.machines(lines.map(([words]) => words));
  expect(results.map(({ code, stderr }) => [code, stderr.split('\n')[0]])).toEqual(
    lines.map(([, reason]) => [1, `Error setting machine configuration from flags provided: ${reason}`]),
  );
});

test('words that are not understood are answered with the help text', async () => {
  const lines = [
    [['url', 'dev', 'down'], 'Error: Expected one machine name as an argument\n', 'url'],
    [['inspect', 'dev', 'down'], 'Error: Expected one machine name as an argument\n', 'inspect'],
    [['active', 'x'], 'Error: Too many arguments given\n', 'active'],
    [['rm'], 'Error: Expected to get one or more machine names as arguments\n', 'rm'],
    [['create', '-d', 'qemu'], 'Error: No machine name specified\n', 'create'],
    [['scp', 'a'], 'Improper number of arguments\n', 'scp'],
    [['mount'], 'Improper number of arguments\n', 'mount'],
    [['ip', '--nope', 'dev'], 'flag provided but not defined: -nope\n', 'ip'],
    [['create', '-d', 'qemu', '--nope', 'x'], 'flag provided but not defined: -nope\n', 'create'],
    [['--nope', 'ls'], 'flag provided but not defined: -nope\n', undefined],
  ] as const;
  const results = await old.machines(lines.map(([words]) => words));
  expect(results.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
    lines.map(([, stderr]) => ({ code: 1, stderr })),
  );
  for (const [n, [words, , command]] of lines.entries()) {
    const begin = (words as readonly string[]).includes('--nope')
      ? 'Incorrect Usage.\n\nUsage: docker-machine '
      : 'Usage: docker-machine ';
    expect(results[n]?.stdout.startsWith(`${begin}${command === undefined ? '' : `${command} `}[OPTIONS]`)).toBe(true);
  }
});

test('what is refused before anything is made', async () => {
  const withoutQemu = { PATH: `${old.user.home}/bin` };
  const { code, stdout, stderr } = await old.with(withoutQemu, '', 'create', 'x');
  expect({ code, stdout }).toEqual({ code: 3, stdout: 'Running pre-create checks...\n' });
  expect(stderr).toMatch(/^Error with pre-create check: "The program \\"qemu/);
  expect((await old.machine('ls', '-q')).stdout).toBe('dev\ndown\nsoon\n');
});

test('a new store’s certificates are told of, once', async () => {
  const lines = ['Creating CA: ', 'Creating client certificate: '].map((line) =>
    expect.stringMatching(`^${line}/.+\\.pem$`),
  );
  const store = ['--storage-path', `${old.user.home}/new`];
  const made = async () => (await old.machine(...store, 'create', '-d', 'generic', 'x')).stdout.trim().split('\n');
  expect([await made(), await made()]).toEqual([
    [...lines, 'Running pre-create checks...'],
    ['Running pre-create checks...'],
  ]);
});

test('rm asks, is told no, and forgets what cannot be removed only when forced', async () => {
  const about =
    'About to remove down, nope\nWARNING: This action will delete both local reference and remote instance.\n';
  for (const input of ['n\n', '']) {
    expect(await old.with({}, input, 'rm', 'down', 'nope')).toEqual({
      code: 0,
      stdout: `${about}Are you sure? (y/n): `,
      stderr: '',
    });
  }
  expect(await old.machine('rm', '-f', 'nope', 'newer')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/Successfully removed newer\n$/),
    stderr: 'Can\'t remove "nope"\n',
  });
  expect(await old.machine('rm', '-y', 'nope', 'broken')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^Error removing host "nope": Docker machine "nope" does not exist.*\nError removing host "broken": /,
    ),
  });
});

test('regenerate-certs asks', async () => {
  const question = 'Regenerate TLS machine certs?  Warning: this is irreversible. (y/n): ';
  const asked = (input: string) => old.with({}, input, 'regenerate-certs', 'dev');
  expect(await asked('n\n')).toEqual({ code: 0, stdout: question, stderr: '' });
  expect(await asked('\n')).toEqual({ code: 1, stdout: question, stderr: 'unexpected newline\n' });
  expect(await asked('')).toEqual({ code: 1, stdout: question, stderr: 'EOF\n' });
});

test('what a driver cannot do', async () => {
  const results: ProgramResult[] = [];
  for (const verb of ['stop', 'kill', 'start']) results.push(await old.machine(verb, 'dev'));
  expect(results.map(({ code, stdout }) => [code, stdout])).toEqual([
    [1, 'Stopping "dev"...\n'],
    [1, 'Killing "dev"...\n'],
    [1, 'Starting "dev"...\n'],
  ]);
  for (const { stderr } of results) expect(stderr).toMatch(/^The driver "generic" cannot \w+ "dev"\n/);
});
