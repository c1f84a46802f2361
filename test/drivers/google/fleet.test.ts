import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import google from '../../../src/drivers/google/index.ts';
import { newMachine, SMALL, type TestMachine, useCloud } from './cloud.ts';

const cloud = useCloud({ pageSize: 3 });
/** Lists show what was a moment ago. */
const LAG = 100;

async function withMachines(count: number, use: (machines: TestMachine[]) => Promise<void>): Promise<void> {
  const machines: TestMachine[] = [];
  try {
    for (let n = 0; n < count; n += 1) {
      const zone = n % 2 === 0 ? 'us-central1-a' : 'europe-west1-b';
      const machine = await newMachine({ 'google-zone': zone });
      machines.push(machine);
      await machine.make();
    }
    await delay(LAG);
    await use(machines);
  } finally {
    for (const machine of machines) await machine.destroy();
    await delay(LAG);
  }
}

test('the states of many are one list, a call a page', async () => {
  await withMachines(5, async (machines) => {
    const [first] = machines;
    await first?.driver().power?.stop(first.made);
    cloud().vanish(machines[1]?.keyOf('instance') ?? '');
    await delay(LAG);
    const before = cloud().calls.length;
    const made = [...machines.map((machine) => machine.made), {}];
    const states = await google.fleet?.states(SMALL, made);
    expect(states).toEqual(['Stopped', 'Gone', 'Running', 'Running', 'Running', 'Gone']);
    const calls = cloud()
      .calls.slice(before)
      .map(({ what }) => what);
    expect(calls).toEqual(['instances.aggregatedList', 'instances.aggregatedList']);
  });
});

test('machines of one project are asked about together', () => {
  const scope = (values: object) => google.fleet?.scope({ ...SMALL, ...values });
  expect(scope({ 'google-zone': 'europe-west1-b' })).toBe(scope({}));
  expect(scope({ 'google-project': 'another' })).not.toBe(scope({}));
});

test('a zone that cannot be reached is not taken for an empty one', async () => {
  const warning = { code: 'UNREACHABLE' };
  const body = JSON.stringify({
    kind: 'compute#instanceAggregatedList',
    items: { 'zones/us-central1-a': { warning } },
  });
  cloud().intercept = ({ what }) => (what === 'instances.aggregatedList' ? { status: 200, body } : undefined);
  const made = { instance: 'projects/slipway-test/zones/us-central1-a/instances/x' };
  await expect(google.fleet?.states(SMALL, [made])).rejects.toMatchObject({ code: 'refused' });
});

test('a survey finds every part, with its labels and the id under which it can be removed', async () => {
  const machine = await newMachine({ 'google-network': 'own', 'google-static-address': true });
  await machine.make();
  await delay(LAG);
  const found = (await google.fleet?.survey(SMALL)) ?? [];
  const ids = Object.fromEntries(found.map(({ kind, id }) => [kind, id]));
  expect(ids).toEqual(machine.made);
  for (const { kind, labels } of found) {
    expect(labels).toMatchObject({ 'slipway-store': '0123abcd', 'slipway-key': machine.keyOf(kind) });
  }
  cloud().vanish(machine.keyOf('instance'), true);
  await delay(LAG);
  expect((await google.fleet?.survey(SMALL))?.find(({ kind }) => kind === 'instance')?.id).toBe(machine.made.instance);
  await machine.destroy();
  await delay(LAG);
  expect(await google.fleet?.survey(SMALL)).toEqual([]);
});
