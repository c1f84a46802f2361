import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { waitFor } from '../../src/poll.ts';
import { ended, newCloudUser, start } from '../clouds/cli.ts';
import { wordsFor } from '../clouds/cloud.ts';
import { type GoogleCloud, startCloud } from '../clouds/google/index.ts';
import { Refusal } from '../clouds/google/refusal.ts';
import type { User } from './cli.ts';

/** Nobody answers at the addresses of its machines: each run ends while it is being made. */
let cloud: GoogleCloud;
let user: User;

beforeAll(async () => {
  cloud = await startCloud();
});

afterAll(() => cloud.close(), 60_000);

beforeEach(async () => {
  user = await newCloudUser(cloud);
});

afterEach(async () => {
  cloud.intercept = () => undefined;
  await user.slipway('rm', '--all', '-y', '--quiet');
  expect(await cloud.left()).toEqual([]);
  await user.remove();
});

const canary = () => join(user.home, 'ran');

/** Starts a run that would leave a file behind if it came to its command, and waits until it asks for SSH. */
async function running(...more: string[]) {
  const words = ['run', '--progress', 'json', ...wordsFor(cloud), ...more, '--', 'touch', canary()];
  const child = start(user, words);
  let told = '';
  child.stderr?.on('data', (chunk) => {
    told += chunk;
  });
  const says = (what: RegExp) =>
    waitFor({ what: `${what} in ${told}`, limit: 60_000, pause: 20 }, async () => what.test(told) || undefined);
  await says(/"stage":"wait for SSH","state":"at","detail":"(port|banner)"/);
  return { child, says, told: () => told, ended: () => ended(child).then(() => child.exitCode) };
}

/** Has the place say no to whatever removes an instance. */
function refuseRemoval(): void {
  cloud.intercept = ({ what }, when) => {
    if (what !== 'instances.delete' || when === 'after') return undefined;
    const refusal = new Refusal(403, 'forbidden', 'You may not remove it');
    return { status: 403, body: refusal.body() };
  };
}

test('nothing is made for what cannot be meant, or cannot be run', async () => {
  const lines: [words: string[], code: number, sentence: string][] = [
    [[], 125, 'Which command?'],
    [['docker', 'ps'], 125, 'Which command?'],
    [['--nonsense', '--', 'true'], 125, '--nonsense'],
    [['--qemu-memory', '4096', '--', 'true'], 125, '--qemu-memory'],
    [['--name', '../x', '--', 'true'], 125, '"../x" cannot be the name'],
    [['--name', 'x', '--reuse', '--', 'true'], 125, '--reuse'],
    [['--pool', '0', '--', 'true'], 125, '--pool'],
    [['--', 'no-such-program'], 127, 'There is no program "no-such-program"'],
    [['--', 'docker ps'], 127, "sh -c 'docker ps'"],
    [['--', '/etc/passwd'], 126, '"/etc/passwd" is no program'],
  ];
  const before = cloud.calls.length;
  const results = await user.slipways(lines.map(([words]) => ['run', ...wordsFor(cloud), ...words]));
  for (const [index, [, code, sentence]] of lines.entries()) {
    expect(results[index]).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(sentence) });
  }
  expect(cloud.calls.length).toBe(before);
  expect((await user.slipway('ls', '-q')).stdout).toBe('');
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGQUIT', 131],
] as const)('%s while the machine is made undoes that, and the command is not run', async (signal, code) => {
  const { child, ended, told } = await running();
  expect(await cloud.left()).not.toEqual([]);
  child.kill(signal);
  expect(await ended()).toBe(code);
  expect(told()).toMatch(/"machine":"run-touch-[0-9a-f]{6}"/);
  expect(told()).toContain('Error: Interrupted while');
  expect(await cloud.left()).toEqual([]);
  expect((await user.slipway('ls', '-q')).stdout).toBe('');
  await expect(user.run('cat', canary())).resolves.toMatchObject({ code: 1 });
});

test('what cannot be undone is told, and the exit code says that something is left', async () => {
  refuseRemoval();
  const { child, ended, told } = await running('--name', 'dev');
  child.kill('SIGTERM');
  expect(await ended()).toBe(123);
  expect(told()).toMatch(/Error: "dev" could not be created .* nor be undone/);
  expect(told()).toContain('The machine "dev" is still there');
  expect((await user.slipway('ls', '-q')).stdout).toBe('dev\n');
});

test('a signal does not skip the removal; the second Ctrl-C of one does, and says what is left', async () => {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  cloud.intercept = async ({ what }, when) => {
    if (what === 'instances.delete' && when === 'before') await held;
    return undefined;
  };
  const { child, ended, says, told } = await running('--name', 'dev');
  child.kill('SIGINT');
  await says(/"remove the instance","state":"started"/);
  child.kill('SIGTERM');
  await says(/"dev" is not gone yet/);
  expect(told()).toContain('slipway rm dev removes it');
  child.kill('SIGHUP');
  expect(child.exitCode).toBe(null);
  child.kill('SIGINT');
  expect(await ended()).toBe(123);
  expect(told()).toMatch(
    /Of "dev" there is still the instance ".*", the firewall ".*", the guard ".*"\. Remove it: slipway rm dev/,
  );
  letGo();
});

test('a machine that cannot be had is no result of the command', async () => {
  cloud.intercept = ({ what }, when) => {
    if (what !== 'instances.insert' || when === 'after') return undefined;
    return { status: 403, body: new Refusal(403, 'forbidden', 'Not for you').body() };
  };
  const { code, stdout, stderr } = await user.slipway('run', ...wordsFor(cloud), '--', 'touch', canary());
  expect({ code, stdout }).toEqual({ code: 125, stdout: '' });
  expect(stderr).toContain('Not for you');
  expect(await cloud.left()).toEqual([]);
});

test('--keep-on-failure leaves what was made', async () => {
  const { child, ended, told } = await running('--keep-on-failure', '--name', 'dev');
  child.kill('SIGTERM');
  expect(await ended()).toBe(125);
  expect(told()).toContain('slipway rm dev');
  expect((await user.slipway('ls', '-q')).stdout).toBe('dev\n');
  expect(await cloud.left()).not.toEqual([]);
});

test('a machine of the name, and one that is in use, is not taken', async () => {
  const first = await running('--name', 'dev');
  const second = await user.slipway('run', '--name', 'dev', ...wordsFor(cloud), '--', 'true');
  expect(second).toMatchObject({ code: 125, stderr: expect.stringMatching(/"dev" is used by process \d+/) });
  first.child.kill('SIGTERM');
  await first.ended();
  await user.addReady('mine');
  const third = await user.slipway('run', '--name', 'mine', ...wordsFor(cloud), '--', 'true');
  expect(third).toMatchObject({ code: 125, stderr: expect.stringContaining('There is a machine "mine" already') });
  expect((await user.slipway('ls', '-q')).stdout).toBe('mine\n');
  await writeFile(user.store.machine('mine').record, '{}');
  await user.slipway('rm', '-f', 'mine');
});
