import { expect, test } from '@jest/globals';
import google from '../../../src/drivers/google/index.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { newMachine, useCloud, withMachine } from './cloud.ts';

const cloud = useCloud();

const TWO: FlagValues = {
  'google-project': 'slipway-test',
  'google-machine-type': 'e2-micro,e2-small',
  'google-zone': 'us-central1-a, us-central1-b',
};

function chosen(values: FlagValues): string[] {
  const each = google.candidates?.(values) ?? [];
  return each.map((one) => `${one['google-machine-type']} ${one['google-zone']}${one['google-spot'] ? ' spot' : ''}`);
}

test('types come before zones', () => {
  expect(chosen(TWO)).toEqual([
    'e2-micro us-central1-a',
    'e2-micro us-central1-b',
    'e2-small us-central1-a',
    'e2-small us-central1-b',
  ]);
});

test('spot comes before the full price, where that will do', () => {
  const one = { ...TWO, 'google-machine-type': 'e2-micro' };
  expect(chosen({ ...one, 'google-spot': true })).toEqual([
    'e2-micro us-central1-a spot',
    'e2-micro us-central1-b spot',
  ]);
  expect(chosen({ ...one, 'google-preemptible': true })).toEqual(chosen({ ...one, 'google-spot': true }));
  expect(chosen({ ...one, 'google-spot-fallback': true })).toEqual([
    'e2-micro us-central1-a spot',
    'e2-micro us-central1-b spot',
    'e2-micro us-central1-a',
    'e2-micro us-central1-b',
  ]);
});

test('a candidate is a machine of its own, and everything else is kept', () => {
  const [first = {}] = google.candidates?.({ ...TWO, 'google-preemptible': true, 'google-labels': 'a=b' }) ?? [];
  expect(first).toEqual({
    'google-project': 'slipway-test',
    'google-machine-type': 'e2-micro',
    'google-zone': 'us-central1-a',
    'google-spot': true,
    'google-labels': 'a=b',
  });
  expect(google.candidates?.(first)).toEqual([first]);
});

test('lists that are none are refused', () => {
  expect(() => chosen({ ...TWO, 'google-zone': 'us-central1-a,nowhere' })).toThrow(/"nowhere" is no name of a zone/);
  expect(() => chosen({ ...TWO, 'google-machine-type': ',' })).toThrow(/names nothing/);
});

test('a zone that has none left says so, and leaves nothing', async () => {
  cloud().exhausted.add('us-central1-a e2-micro SPOT');
  const machine = await newMachine({ 'google-spot': true });
  await expect(machine.make()).rejects.toMatchObject({ code: 'no-capacity' });
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
  await withMachine({}, async ({ made }) => expect(made.instance).toBeDefined());
  await withMachine({ 'google-spot': true, 'google-zone': 'us-central1-b' }, async ({ made }) => {
    expect(made.instance).toContain('us-central1-b');
  });
});
