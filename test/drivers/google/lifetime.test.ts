import type { compute_v1 } from '@googleapis/compute/build/v1.js';
import { expect, test } from '@jest/globals';
import type { Site } from '../../../src/drivers/driver.ts';
import google from '../../../src/drivers/google/index.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { newMachine, SMALL, type TestMachine, useCloud } from './cloud.ts';

const cloud = useCloud();
const things = (collection: string) => cloud().world.all(new RegExp(`/${collection}/slipway-[^/]+$`));

/** What a site says of a machine that ends in so many seconds. */
function endingIn(seconds: number): Pick<Site, 'labels' | 'lifetime'> {
  const ends = new Date(Date.now() + seconds * 1000).toISOString();
  const expires = String(Math.floor(Date.parse(ends) / 1000));
  return {
    labels: { 'slipway-store': '0123abcd', 'slipway-machine': 'm', 'slipway-expires': expires },
    lifetime: { ends },
  };
}

async function withEnding(values: FlagValues, use: (machine: TestMachine) => Promise<void>): Promise<void> {
  const machine = await newMachine(values, {}, endingIn(3600));
  try {
    await machine.make();
    await use(machine);
  } finally {
    await machine.destroy();
  }
}

/** The driver for the machine as the record has it after so many seconds more. */
const withMore = ({ place }: TestMachine, seconds: number, values: FlagValues = {}) =>
  google.driver({ ...SMALL, ...values }, { ...place.site, ...endingIn(seconds) });

const scheduling = () => (things('instances')[0] as unknown as compute_v1.Schema$Instance).scheduling;
const secondsGranted = () => Number(scheduling()?.maxRunDuration?.seconds);

test('Google is told to delete a machine at its end, and the machine to leave that to Google', async () => {
  await withEnding({}, async ({ driver }) => {
    expect(scheduling()).toMatchObject({ instanceTerminationAction: 'DELETE', provisioningModel: 'STANDARD' });
    expect(secondsGranted()).toBeGreaterThan(3500);
    expect(secondsGranted()).toBeLessThanOrEqual(3600);
    expect(driver().endsByItself).toBe(true);
  });
});

test('the end of a machine that runs cannot be moved, and that is said', async () => {
  await withEnding({}, async (machine) => {
    await expect(withMore(machine, 7200).mayExtend?.(machine.made)).rejects.toMatchObject({
      code: 'unsupported',
      hint: expect.stringContaining('slipway stop'),
    });
    expect(secondsGranted()).toBeLessThanOrEqual(3600);
  });
});

test('stopped, it is marked with a new end, and started with what is then left', async () => {
  const values = { 'google-static-address': true };
  await withEnding(values, async (machine) => {
    await machine.driver().power?.stop(machine.made);
    expect(scheduling()).toEqual({ provisioningModel: 'STANDARD', automaticRestart: true });
    const later = withMore(machine, 7200, values);
    await later.relabel?.(machine.made);
    const [instance, disk] = [...things('instances'), ...things('disks')];
    for (const { labels } of [instance, disk] as unknown as { labels: Record<string, string> }[]) {
      expect(labels).toMatchObject({ 'slipway-store': '0123abcd', 'slipway-key': machine.keyOf('instance') });
      expect(Number(labels['slipway-expires'])).toBeGreaterThan(Date.now() / 1000 + 7100);
    }
    const described = things('firewalls').filter(({ name }) => name === machine.keyOf('firewall'));
    const { 'slipway-expires': told } = JSON.parse(String(described[0]?.description));
    expect(Number(told)).toBeGreaterThan(Date.now() / 1000 + 7100);
    await later.power?.start(machine.made);
    expect(secondsGranted()).toBeGreaterThan(7100);
  });
});

test('what cannot be marked anew bears no end', async () => {
  await withEnding({ 'google-static-address': true }, async () => {
    expect(things('addresses').map(({ description }) => Object.keys(JSON.parse(String(description))))).toEqual([
      ['slipway-store', 'slipway-machine', 'slipway-key'],
    ]);
  });
});

test('more time than Google grants is refused before anything is made', async () => {
  const machine = await newMachine({}, {}, endingIn(121 * 86_400));
  await expect(machine.driver().check?.()).rejects.toMatchObject({ code: 'bad-input' });
  await machine.place.remove();
});

test('a machine that only may not be idle is not deleted by Google', async () => {
  const machine = await newMachine({}, {}, { lifetime: { idle: 600 } });
  await machine.make();
  expect(scheduling()).toEqual({ provisioningModel: 'STANDARD', automaticRestart: true });
  await machine.destroy();
});
