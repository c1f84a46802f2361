import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { Config } from '@oclif/core';
import { driverNames } from '../../src/drivers/index.ts';
import { ownWords } from '../../src/terminal/remote-words.ts';
import { pages, typedLines } from './examples.ts';

// jest fails where two modules that are loaded at once wait for the same third one, as all do that make machines.
await import(resolve('dist/commands/create.js'));
const config = await Config.load({ root: process.cwd(), ignoreManifest: true });

interface Typed {
  page: string;
  line: string;
  words: readonly string[];
}

/** Every `slipway …` in the pages' blocks, cut where a shell would end the command. */
const typed: Typed[] = pages().flatMap((page) =>
  typedLines(page).flatMap((line) =>
    [...line.matchAll(/(?:^|[\s("])slipway ([^|;&>)"]+)/g)].map((match) => ({
      page,
      line,
      words: ownWords((match[1] ?? '').trim().split(/\s+/)),
    })),
  ),
);

test('there are examples to check', () => {
  expect(typed.length).toBeGreaterThan(20);
});

test.each(typed)('$page: $line', ({ words: [name = '', ...words] }) => {
  const command = config.findCommand(name);
  expect(command?.id).toBe(name);
  const flags = Object.values(command?.flags ?? {});
  const known = flags.flatMap((flag) => [`--${flag.name}`, ...(flag.char ? [`-${flag.char}`] : [])]);
  const given = name === 'ssh' ? [] : words.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.split('=')[0]);
  expect(given.filter((flag) => !known.includes(flag ?? ''))).toEqual([]);
});

test('the table of commands names every command, and no other', () => {
  const text = readFileSync('docs/commands.md', 'utf8');
  const table = text.slice(text.indexOf('| command |'), text.indexOf('Commands that take several names'));
  const named = [...table.matchAll(/`([^`]+)`/g)].map((match) => match[1]?.split(' ')[0] ?? '');
  const there = config.commands.filter((command) => !command.hidden).map((command) => command.id);
  expect(there.filter((id) => !named.includes(id))).toEqual([]);
});

test('the pages of the drivers name all of their flags', async () => {
  for (const driver of driverNames) {
    const text = readFileSync(`docs/drivers/${driver}.md`, 'utf8');
    const flags = Object.keys(config.findCommand('create')?.flags ?? {}).filter((flag) =>
      flag.startsWith(`${driver}-`),
    );
    expect(flags.length).toBeGreaterThan(5);
    expect(flags.filter((flag) => !text.includes(`--${flag}`))).toEqual([]);
  }
});

test('the README leads to the page of every driver', () => {
  const readme = readFileSync('README.md', 'utf8');
  expect(driverNames.filter((driver) => !readme.includes(`](docs/drivers/${driver}.md)`))).toEqual([]);
});

test('every link within the pages leads to a file', () => {
  const links = pages().flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map((match) => ({
      page,
      to: match[1] ?? '',
    })),
  );
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter(({ page, to }) => !existsSync(join(dirname(page), to)))).toEqual([]);
});
