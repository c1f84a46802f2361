import { expect, test } from '@jest/globals';
import hetzner from '../../../src/drivers/hetzner/index.ts';
import type { TestMachine } from '../machines.ts';
import { newMachine, SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();

test('the states of many are one list, whatever their number', async () => {
  const machines: TestMachine[] = [];
  for (let n = 0; n < 3; n += 1) machines.push(await newMachine());
  await Promise.all(machines.map((machine) => machine.make()));
  await machines[0]?.driver().power?.stop(machines[0].made);
  await cloud().vanish(machines[1]?.made.server ?? '');
  const before = cloud().calls.length;
  const states = await hetzner.fleet?.states(SMALL, [...machines.map(({ made }) => made), {}]);
  expect(states).toEqual(['Stopped', 'Gone', 'Running', 'Gone']);
  expect(
    cloud()
      .calls.slice(before)
      .map(({ what }) => what),
  ).toEqual(['GET /servers']);
  for (const machine of machines) await machine.destroy();
});

test('a survey finds every part, with its labels and the id under which it can be removed', async () => {
  const machine = await newMachine({ 'hetzner-networks': ['own'], 'hetzner-auto-spread': true });
  await machine.make();
  const found = (await hetzner.fleet?.survey(SMALL)) ?? [];
  expect(Object.fromEntries(found.map(({ kind, id }) => [kind, id]))).toEqual(machine.made);
  for (const { kind, labels } of found) {
    expect(labels).toMatchObject({ 'slipway-store': '0123abcd', 'slipway-key': machine.keyOf(kind) });
  }
  expect(found.find(({ kind }) => kind === 'server')?.where).toBe('fsn1');
  const removable = hetzner.fleet?.removable({}, machine.place.site) ?? [];
  expect(removable.map(({ kind }) => kind)).toEqual(machine.driver().parts.map(({ kind }) => kind));
  for (const { kind, destroy } of [...removable].reverse()) await destroy(machine.made[kind] ?? '');
  expect(await cloud().left()).toEqual([]);
  expect(await hetzner.fleet?.survey(SMALL)).toEqual([]);
  await machine.place.remove();
});

test('a list of many pages is read to its end', async () => {
  const there = Array.from({ length: 51 }, (_, n) =>
    cloud().give('ssh_keys', {
      name: `slipway-many-${n}`,
      fingerprint: `${n}`,
      public_key: 'k',
      labels: { 'slipway-key': `slipway-many-${n}` },
    }),
  );
  expect(await hetzner.fleet?.survey(SMALL)).toHaveLength(51);
  for (const thing of there) cloud().world.drop('ssh_keys', thing);
});
