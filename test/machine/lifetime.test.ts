import { expect, test } from '@jest/globals';
import { lifetimeFrom } from '../../src/machine/lifetime.ts';

const created = new Date('2026-01-01T00:00:00.000Z');

test('the end is counted from when the machine was asked for', () => {
  expect(lifetimeFrom(created, { ttl: 7200 })).toEqual({ lifetime: { ends: '2026-01-01T02:00:00.000Z' } });
  expect(lifetimeFrom(created, { idle: 1800 })).toEqual({ lifetime: { idle: 1800 } });
  expect(lifetimeFrom(created, {})).toEqual({});
});
