import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
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

describe('the drivers that docker-machine had too', () => {
  /** From docker-machine itself: of each flag its name, its environment variable, its kind and its default. */
  type OldFacts = readonly (readonly [string, string, Kind, string | number | boolean | readonly string[]])[];
  const facts: Readonly<Record<string, OldFacts>> = JSON.parse(
    readFileSync('test/docker-machine/old-flags.json', 'utf8'),
  );
  const drivers = Object.keys(facts);
  let shown: ReadonlyMap<string, ShownFlag>;

  beforeAll(async () => {
    const helps = await old.machines(drivers.map((name) => ['create', '--driver', name, '--help']));
    shown = new Map(helps.flatMap(({ stdout }) => shownFlags(stdout)).map((flag) => [flag.name, flag]));
  });

  test('have every flag of docker-machine under its name, with its variable and of its kind', () => {
    const then = Object.values(facts).flat();
    expect(then).toHaveLength(153);
    expect(then.map(([name, , kind]) => ({ name, kind }))).toEqual(
      then.map(([name]) => ({ name, kind: shown.get(name)?.kind })),
    );
    const named = then.filter(([, variable]) => variable !== '');
    expect(named.map(([name, variable]) => ({ name, variable }))).toEqual(
      named.map(([name]) => ({ name, variable: shown.get(name)?.variable })),
    );
  });

  test('are in the page, flag by flag', () => {
    const rows = [...below('## Drivers').matchAll(/^\| \[`(\w+)`\]\([^)]+\) \| (`--[^|]+) \|$/gm)];
    const told = rows.map(([, name, flags = '']) => [name, flags.replaceAll('`', '').split(', ')]);
    expect(told).toEqual(drivers.map((name) => [name, facts[name]?.map(([flag]) => `--${flag}`)]));
  });

  test('and where a default is another one, the page says so', () => {
    const rows = [
      ...below('### Flags that do something else').matchAll(/^\| `--([\w-]+)` \| ([^|]+) \| ([^|]+) \|$/gm),
    ];
    const told = new Map(rows.map(([, name = '', before, now]) => [name, { before, now }]));
    const changed = Object.values(facts)
      .flat()
      .flatMap(([name, , , value]) => {
        const [before, now] = [String(value === false ? '' : value), shown.get(name)?.preset ?? ''];
        return before === now ? [] : [{ name, before, now }];
      });
    expect(changed.length).toBeGreaterThan(20);
    for (const { name, before, now } of changed) {
      const row = { name, ...told.get(name) };
      if (before !== '') expect(row).toMatchObject({ name, before: `\`${before}\`` });
      expect(row).toMatchObject({ name, now: expect.stringContaining(now === '' ? '' : `\`${now}\``) });
    }
    const flags = Object.values(facts).flatMap((each) => each.map(([name]) => name));
    expect([...told.keys()].filter((name) => !flags.includes(name))).toEqual([]);
  });
});

type Kind = 'bool' | 'string' | 'int' | 'slice';

interface ShownFlag {
  readonly name: string;
  readonly kind: Kind;
  readonly preset: string;
  readonly variable: string | undefined;
}

/** The flags in a help text, each by each of its names. */
function shownFlags(help: string): ShownFlag[] {
  const options = help.slice(help.indexOf('Options:')).split('\n\n')[0] ?? '';
  return options.split(/^ {3}(?=-)/m).flatMap((text) => {
    const [, names = '', rest = ''] = /^(-[^ ,]+(?:, -[^ ,]+)*)(.*)$/s.exec(text) ?? [];
    const [, slice, word, number] = /^ (?:(\[--)|"([^"]*)"|(\d+))/.exec(rest) ?? [];
    const kind = slice ? 'slice' : word !== undefined ? 'string' : number === undefined ? 'bool' : 'int';
    const preset = word ?? number ?? '';
    const variable = /\[\$(\w+)\]\s*$/.exec(rest)?.[1];
    return names.split(', ').map((name) => ({ name: name.replace(/^--?/, ''), kind, preset, variable }) as const);
  });
}

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
