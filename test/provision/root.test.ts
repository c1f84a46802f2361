import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SlipwayError } from '../../src/errors.ts';
import { run } from '../../src/program.ts';
import { asRoot, opening, parseOpening } from '../../src/provision/root.ts';

const PASSWORD = `it's "a" $pass \\word`;

// Takes the password from the first line as sudo -S does, a byte at a time, and says nothing about it.
const SUDO = `#!/bin/sh
if [ -n "$SUDO_STARTS" ]; then echo once >>"$SUDO_STARTS"; fi
[ "$SUDO_KIND" = broken ] && { printf 'sudo: a terminal is required\\nsudo: no tty\\n' >&2; exit 1; }
stdin=no
while :; do case $1 in
  -n) [ "$SUDO_KIND" = free ] || { echo "sudo: \${SUDO_SAYS-a password is required}" >&2; exit 1; }; shift ;;
  -S) stdin=yes; shift ;;
  -k) shift ;;
  -p) shift 2 ;;
  *) break ;;
esac; done
if [ "$stdin" = yes ] && [ "$SUDO_KIND" = password ]; then
  IFS= read -r given
  [ "$given" = "$SUDO_PASSWORD" ] || { echo 'sudo: 1 incorrect password attempt' >&2; exit 1; }
fi
exec "$@"
`;

let bin: string;
beforeAll(async () => {
  bin = await mkdtemp(join(tmpdir(), 'slipway-sudo-'));
  await writeFile(join(bin, 'sudo'), SUDO);
  await chmod(join(bin, 'sudo'), 0o755);
  await writeFile(join(bin, 'id'), '#!/bin/sh\n[ "$1" = -u ] && echo 1000 || echo ann\n');
  await chmod(join(bin, 'id'), 0o755);
});
afterAll(() => rm(bin, { recursive: true, force: true }));

const env = (kind: string) => ({ HOME: bin, PATH: `${bin}:/usr/bin:/bin`, SUDO_KIND: kind, SUDO_PASSWORD: PASSWORD });

/** What the opening prints, on both streams. */
async function answered(kind: string, more: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout, stderr } = await run('sh', ['-s'], { input: opening, env: { ...env(kind), ...more } });
  return stdout + stderr;
}

test.each(['free', 'password'] as const)('finds out that sudo is %s', async (kind) => {
  expect(parseOpening(await answered(kind))).toEqual({ user: 'ann', sudo: kind });
});

test.each(['sorry, a password is required to run sudo', 'interactive authentication is required'])(
  'takes "%s" for the wish of a password, as older and newer ones say it',
  async (words) => {
    expect(parseOpening(await answered('password', { SUDO_SAYS: words })).sudo).toBe('password');
  },
);

test('a password that the host speaks of for another reason is not asked for', async () => {
  const text = `Your password expires tomorrow.\n${await answered('broken')}`;
  expect(() => parseOpening(text)).toThrow('cannot become root');
});

test('sudo is started once', async () => {
  const starts = join(bin, 'starts');
  await answered('free', { SUDO_STARTS: starts });
  expect(await readFile(starts, 'utf8')).toBe('once\n');
});

test.each(['password', 'broken'])('ends although it could be told more, where sudo is %s', async (kind) => {
  const child = spawn('sh', ['-s'], { env: env(kind), stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.write(opening);
  expect(await once(child, 'exit')).toEqual([1, null]);
});

test('finds out that we are root, or are not', async () => {
  const { stdout } = await run('sh', ['-s'], { input: opening, env: { PATH: '/usr/bin:/bin' } });
  if (userInfo().uid === 0) expect(parseOpening(stdout)).toEqual({ user: 'root', sudo: 'root' });
  else expect(stdout).toContain('say user');
});

test('without a way to become root says why, and what to add to sudoers', async () => {
  const text = await answered('broken');
  const refused = thrown(() => parseOpening(text));
  expect(refused).toMatchObject({
    code: 'refused',
    message: 'The user "ann" cannot become root on the host',
    hint: 'Connect as root, or let root on the host add this line with visudo: ann ALL=(ALL) NOPASSWD:ALL',
    cause: new Error('sudo: a terminal is required\nsudo: no tty'),
  });
});

test('a host without sudo says so', async () => {
  const few = await mkdtemp(join(bin, 'few-'));
  for (const name of ['base64', 'mkdir']) await symlink(`/usr/bin/${name}`, join(few, name));
  await symlink(join(bin, 'id'), join(few, 'id'));
  // The script adds the usual folders to PATH, so sudo can only be hidden where the machine has none.
  const { stdout, stderr } = await run('/bin/sh', ['-s'], {
    input: opening.replace(/PATH="\$PATH:[^"]*"/, 'PATH="$PATH"'),
    env: { PATH: few },
  });
  expect(thrown(() => parseOpening(stdout + stderr)).cause).toEqual(new Error('sudo: it is not installed'));
});

test('noise of a login shell, or no answer at all, is not taken for one', () => {
  expect(() => parseOpening('Welcome!\nslipway: give sudo cm9vdA==\n')).toThrow('cannot become root');
});

describe.each(['sh', 'bash', 'dash', 'busybox'])('the root command in the login shell %s', (shell) => {
  const login = shell === 'busybox' ? ['sh', '-c'] : ['-c'];
  const script = 'echo "ran in $0 with ${password-nothing}"\ncat </dev/null\necho end\n';

  test.each([
    ['root', ''],
    ['free', ''],
    ['password', `${PASSWORD}\n`],
  ] as const)('runs the script as %s', async (sudo, first) => {
    const result = await run(shell, [...login, asRoot(sudo)], { input: first + script, env: env(sudo) });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toMatch(/^ran in \S*sh with nothing\nend\n$/);
  });

  test('a wrong password ends it before the script is read', async () => {
    const result = await run(shell, [...login, asRoot('password')], {
      input: `wrong\n${script}`,
      env: env('password'),
    });
    expect(result.code).not.toBe(0);
    expect(result.stdout).toBe('');
    expect(result.stderr).toContain('incorrect password');
  });

  test('a password that sudo does not want is not run', async () => {
    const result = await run(shell, [...login, asRoot('password')], {
      input: `echo leaked\n${script}`,
      env: env('free'),
    });
    expect(result.stdout).toMatch(/^ran in/);
    expect(`${result.stdout}${result.stderr}`).not.toContain('leaked');
  });
});

function thrown(work: () => unknown): SlipwayError {
  try {
    work();
  } catch (error) {
    if (error instanceof SlipwayError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
