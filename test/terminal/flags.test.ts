import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Parser } from '@oclif/core';
import type { FlagSpecs } from '../../src/flags.ts';
import { driverFlags, refuseForeignFlags, refuseTwice, valuesFor, withShort } from '../../src/terminal/flags.ts';

const SPECS: FlagSpecs = {
  'moon-cpus': { kind: 'integer', summary: 'Processors', default: 2 },
  'moon-image': { kind: 'string', summary: 'Image', env: 'SLIPWAY_TEST_MOON_IMAGE', choices: ['rock', 'dust'] },
  'moon-publish': { kind: 'string', summary: 'Ports', multiple: true },
  'moon-key': { kind: 'string', summary: 'Key', path: true },
  'moon-dark': { kind: 'boolean', summary: 'Far side' },
  'moon-air': { kind: 'boolean', summary: 'Air', default: true },
};

async function parse(...argv: string[]) {
  const { flags } = await Parser.parse(argv, { flags: driverFlags('moon', SPECS), strict: false });
  return valuesFor(SPECS, flags);
}

test('a driver’s flags come back as values of their kinds, defaults filled in', async () => {
  expect(await parse()).toMatchObject({ 'moon-cpus': 2 });
  const given = ['--moon-cpus', '4', '--moon-image=dust', '--moon-dark', '--moon-key', 'keys/id'];
  expect(await parse(...given)).toMatchObject({
    'moon-cpus': 4,
    'moon-image': 'dust',
    'moon-dark': true,
    'moon-key': resolve('keys/id'),
  });
  expect(await parse('--moon-key=')).toMatchObject({ 'moon-key': '' });
});

test('a flag that can be given several times takes one word each time, whatever is in it', async () => {
  const odd = ['a b', '$(id)', 'x,y', '-z', 'two\nlines', '"'];
  const given = odd.flatMap((value) => ['--moon-publish', value]);
  expect(await parse(...given, 'name')).toMatchObject({ 'moon-publish': odd });
});

test('what is true unless said otherwise can be said otherwise', async () => {
  expect(await parse('--no-moon-air')).toMatchObject({ 'moon-air': false });
});

test('the environment stands in for a flag', async () => {
  process.env.SLIPWAY_TEST_MOON_IMAGE = 'rock';
  try {
    expect(await parse()).toMatchObject({ 'moon-image': 'rock' });
  } finally {
    delete process.env.SLIPWAY_TEST_MOON_IMAGE;
  }
});

test.each([[['--moon-cpus', 'many']], [['--moon-image', 'cheese']], [['--moon-publish']]])(
  '%j is refused',
  async (argv) => {
    await expect(parse(...argv)).rejects.toMatchObject({ oclif: { exit: 2 } });
  },
);

test('flags of another driver are refused, and the driver is named', () => {
  const all: FlagSpecs = { ...SPECS, 'sun-heat': { kind: 'integer', summary: 'Heat' } };
  expect(() => refuseForeignFlags('moon', ['moon-cpus', 'debug', 'sun-heat'], SPECS, all)).toThrow(
    '--sun-heat is not a flag of the driver "moon"',
  );
  expect(() => refuseForeignFlags('moon', ['moon-cpus', 'debug'], SPECS, all)).not.toThrow();
});

describe('--type and --zone', () => {
  const specs: FlagSpecs = {
    ...SPECS,
    'moon-rover': { kind: 'string', summary: 'Rover', short: 'type', default: 'slow' },
  };

  test('stand in the place of the flag that they mean', () => {
    const values = withShort('moon', specs, { type: 'fast,faster', 'moon-rover': 'slow', 'moon-cpus': 2 });
    expect(valuesFor(specs, values)).toEqual({ 'moon-rover': 'fast,faster', 'moon-cpus': 2 });
    expect(valuesFor(specs, withShort('moon', specs, { 'moon-rover': 'slow' }))).toEqual({ 'moon-rover': 'slow' });
  });

  test('are refused where they mean nothing, and beside the flag itself', () => {
    expect(() => withShort('moon', specs, { zone: 'x' })).toThrow(
      'The driver "moon" has nothing that --zone could mean',
    );
    expect(() => refuseTwice(['type', 'moon-rover'], specs)).toThrow('--type and --moon-rover mean the same');
    expect(() => refuseTwice(['type', 'moon-cpus'], specs)).not.toThrow();
  });
});
