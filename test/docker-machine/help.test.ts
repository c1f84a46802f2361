import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { newOldUser, type OldUser } from './cli.ts';

jest.setTimeout(120_000);

const page = readFileSync('docs/docker-machine.md', 'utf8');

let old: OldUser;

beforeAll(async () => {
  old = await newOldUser();
});

afterAll(() => old.remove());

/** The flags in a help text, by all of their names; without --help. */
function flagsIn(help: string): string[] {
  const options = help.slice(help.indexOf('Options:')).split('\n\n')[0] ?? '';
  const texts = [...options.matchAll(/^ {3}(-[^ ,]+(?:, -[^ ,]+)*)/gm)].map(([, names]) => names ?? '');
  return texts.filter((names) => names !== '--help, -h').sort();
}

/** The flags in a part of the page, by all of their names. */
function flagsOf(part: string): string[] {
  const cells = [...part.matchAll(/^\| (`-[^|]*) \|/gm)].map(([, cell]) => cell ?? '');
  return cells.map((cell) => cell.replaceAll('`', '')).sort();
}

/** The text below a heading, up to the next of its rank or a higher one. */
function below(heading: string): string {
  const [, text = ''] = page.split(`\n${heading}\n`);
  const rank = heading.split(' ')[0]?.length ?? 0;
  return text.split(new RegExp(`^#{1,${rank}} `, 'm'))[0] ?? '';
}

test('the page tells of every command, and of every flag of each', async () => {
  const program = (await old.machine()).stdout;
  const commands = [...(program.split('Commands:\n')[1] ?? '').matchAll(/^ {3}([a-z-]+) /gm)].map(
    ([, name]) => name ?? '',
  );
  const named = [...below('## Commands').matchAll(/^### (.+)$/gm)].map(([, name]) => name ?? '');
  expect(commands.filter((name) => name !== 'help')).toEqual(named);
  expect(flagsIn(program)).toEqual(flagsOf(below('## Global flags')));
  const helps = await old.machines(named.map((name) => [name, '--help']));
  const there = named.map((name, n) => [
    name,
    flagsIn(helps[n]?.stdout ?? '').filter((flag) => !flag.startsWith('--qemu-')),
  ]);
  expect(there).toEqual(named.map((name) => [name, flagsOf(below(`### ${name}`))]));
  expect(there.flat(2).length).toBeGreaterThan(50);
});

test('every flag that a driver of docker-machine had is in the help text', async () => {
  const rows = [...below('## Drivers').matchAll(/^\| \[`(\w+)`\]\([^)]+\) \| (--?[^|]+|`--[^|]+) \|$/gm)];
  const drivers = rows.map(([, name = '', flags = '']) => ({ name, flags: flags.replaceAll('`', '').split(', ') }));
  expect(drivers.map(({ name }) => name)).toEqual([
    'amazonec2',
    'azure',
    'digitalocean',
    'generic',
    'google',
    'openstack',
    'softlayer',
  ]);
  const helps = await old.machines(drivers.map(({ name }) => ['create', '--driver', name, '--help']));
  const missing = drivers.map(({ name, flags }, n) => {
    const there = flagsIn(helps[n]?.stdout ?? '');
    return [name, flags.filter((flag) => !there.includes(flag))];
  });
  expect(missing).toEqual(drivers.map(({ name }) => [name, []]));
  expect(drivers.flatMap(({ flags }) => flags).length).toBe(137);
});

test('help, in each of its ways', async () => {
  const lines = [['help', 'ls'], ['ls', '-h'], ['ls', '--help'], ['-h'], ['help'], [], ['ssh', '--help']];
  const [one, two, three, four, five, six, seven] = await old.machines(lines);
  expect(one).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^Usage: docker-machine ls /) });
  expect([two, three]).toEqual([one, one]);
  expect(four).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringMatching(/^Usage: docker-machine \[OPTIONS\]/),
  });
  expect([five, six]).toEqual([four, four]);
  expect(seven).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Usage: docker-machine ssh /) });
});
