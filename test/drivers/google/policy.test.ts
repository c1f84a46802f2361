import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { newGoogle } from '../../../src/drivers/google/client.ts';
import google from '../../../src/drivers/google/index.ts';
import { finished } from '../../../src/drivers/google/operations.ts';
import { codeOf } from '../../../src/errors.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { jsonBlocks } from '../policy.ts';
import { newMachine, SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();

/** The two JSON blocks of the page: the role, and what each flag needs besides. */
const [role, besides] = jsonBlocks('google') as [{ includedPermissions: string[] }, Record<string, string[]>];

/** What the core does with a machine, from --dry-run to rm, and what it asks about all of them. */
async function life(values: FlagValues): Promise<void> {
  const labels = { 'slipway-store': '0123abcd', 'slipway-expires': '1795322999' };
  const lifetime = { ends: new Date(Date.now() + 3600_000).toISOString() };
  const machine = await newMachine(values, {}, { labels, lifetime });
  const driver = machine.driver();
  await driver.check?.();
  await driver.plan?.();
  try {
    await machine.make();
    await driver.endpoint(machine.made);
    await driver.console?.(machine.made);
    await driver.admit?.(machine.made);
    await driver.power?.stop(machine.made);
    await driver.relabel?.(machine.made);
    await driver.power?.start(machine.made);
    await driver.power?.kill?.(machine.made);
    await google.fleet?.states({ ...SMALL, ...values }, [machine.made]);
    await google.fleet?.survey({ ...SMALL, ...values });
    await waitForSeveral(values);
    for (const part of driver.parts) await part.find(`${machine.keyOf(part.kind)}-not`);
  } finally {
    await machine.destroy();
  }
}

/** Operations that never end, two of each kind at once, which are listed. */
async function waitForSeveral(values: FlagValues): Promise<void> {
  const own = newGoogle('slipway-test', { signal: AbortSignal.timeout(700) });
  const region = values['google-static-address'] === true ? [{ region: 'us-central1' }] : [];
  const scopes = [{}, { zone: 'us-central1-a' }, ...region];
  const all = scopes.flatMap((scope) => ['one', 'other'].map((name) => ({ ...scope, name })));
  await Promise.all(
    all.map((operation) =>
      finished(own, 'slipway-test', operation, 'its end').catch((error: unknown) => {
        if (codeOf(error) !== 'interrupted') throw error;
      }),
    ),
  );
  await delay(1000); // what was asked last is still answered
}

async function neededFor(values: FlagValues, granted?: readonly string[]): Promise<string[]> {
  cloud().needed.clear();
  cloud().granted = granted && new Set(granted);
  await life(values);
  return [...cloud().needed].sort();
}

beforeAll(() => {
  const base = 'projects/slipway-test/regions/us-central1';
  cloud().give(`${base}/addresses/front`, 'address', {
    address: '127.9.9.7',
    status: 'RESERVED',
    addressType: 'EXTERNAL',
  });
});

const VALUES: Readonly<Record<string, FlagValues>> = {
  '--google-network own': { 'google-network': 'own' },
  '--google-subnetwork': { 'google-subnetwork': 'default' },
  '--google-static-address': { 'google-static-address': true },
  '--google-address': { 'google-address': 'front' },
  '--google-service-account': { 'google-service-account': 'default' },
  '--google-machine-image, one of the project': {
    'google-machine-image': 'slipway-test/golden',
    'google-disk-size': 50,
  },
};

test('the role of the page is what a machine’s life needs, neither less nor more', async () => {
  expect(await neededFor({}, role.includedPermissions)).toEqual([...role.includedPermissions].sort());
  expect(await cloud().left()).toEqual([]);
});

test('the page tells of each flag that needs more', () => {
  expect(Object.keys(besides)).toEqual(Object.keys(VALUES));
});

test.each(Object.entries(VALUES))('%s needs what the page says besides', async (flag, values) => {
  const all = [...role.includedPermissions, ...(besides[flag] ?? [])];
  const needed = await neededFor(values, all);
  expect(needed.filter((permission) => !role.includedPermissions.includes(permission))).toEqual(
    [...(besides[flag] ?? [])].sort(),
  );
});

test.each([
  'compute.zones.get',
  'compute.networks.updatePolicy',
  'compute.instances.setTags',
  'compute.zoneOperations.get',
  'compute.disks.delete',
])('without %s something fails, and that is named', async (permission) => {
  cloud().granted = new Set(role.includedPermissions.filter((each) => each !== permission));
  const error: unknown = await life({}).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'denied', message: expect.stringContaining(`"${permission}"`) });
  for (const { selfLink } of cloud().world.made()) cloud().world.hide(selfLink.slice(cloud().world.root.length));
});

test('where lists may not be asked for, there is still a sentence', async () => {
  cloud().granted = new Set(role.includedPermissions);
  const machine = await newMachine({ 'google-machine-type': 'e2-smal' });
  await expect(machine.driver().check?.()).rejects.toMatchObject({ code: 'bad-input', hint: undefined });
  await machine.place.remove();
});
