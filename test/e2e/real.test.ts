import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Found } from '../../src/drivers/driver.ts';
import { driverModule } from '../../src/drivers/index.ts';
import type { FlagValues } from '../../src/flags.ts';
import { newOwner, type Owner } from './owner.ts';

/** What the smallest machine of each cloud costs an hour with its disk and address, in USD, and at most. */
const HOURLY = { aws: 0.03, azure: 0.03, google: 0.02, hetzner: 0.02, digitalocean: 0.02 };
type Place = keyof typeof HOURLY;

const WORDS: Readonly<Record<Place, readonly string[]>> = {
  aws: ['--amazonec2-instance-type', 't3.micro,t3a.micro,t2.micro'],
  azure: ['--azure-size', 'Standard_B2ats_v2,Standard_B1s'],
  google: ['--google-machine-type', 'e2-micro,e2-small'],
  hetzner: ['--hetzner-server-type', 'cx23,cpx22'],
  digitalocean: ['--digitalocean-size', 's-1vcpu-1gb,s-1vcpu-2gb'],
};

/** In USD, for each cloud: how long its machines may live follows from it. */
const BUDGET = Number(process.env.SLIPWAY_E2E_BUDGET ?? 0.1);
const MINUTE = 60_000;
const places = (process.env.SLIPWAY_E2E ?? '').split(',').filter((word): word is Place => word in HOURLY);

jest.setTimeout(20 * MINUTE);

// Two machines at most, of which one lives through all of it.
describe.each(places)('%s, for real', (place) => {
  let owner: Owner;
  let values: FlagValues = {};
  const stop = performance.now() + Math.min(60, (BUDGET / HOURLY[place] / 2) * 60) * MINUTE;

  beforeAll(async () => {
    owner = await newOwner({ ...process.env });
  });

  afterAll(async () => {
    await owner.slipway('rm', '--all', '-y');
    const left = await leftOf(place, owner, values);
    await owner.remove();
    expect(left).toEqual([]);
  });

  const within = <T>(work: Promise<T>): Promise<T> => {
    const over = new Promise<never>((_, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`The budget of ${BUDGET} USD is used up`)),
        stop - performance.now(),
      );
      timer.unref();
    });
    return Promise.race([work, over]);
  };
  const create = async (name: string, ...more: string[]) => {
    await within(owner.does('slipway', 'create', '--driver', place, ...WORDS[place], ...more, name));
    values = (await owner.record(name)).flags;
    await within(owner.buildTools(name));
  };

  test('a dry run makes nothing', async () => {
    const said = await owner.does('slipway', 'create', '--dry-run', '--driver', place, ...WORDS[place], 'dev');
    expect(said).toMatch(/instance|virtual-machine|server|droplet/);
  });

  test('a machine runs a container, also after a stop and a start', async () => {
    await create('dev');
    expect(await within(owner.docker('dev', 'run', '--rm', 'tools', 'echo', 'in'))).toBe('in');
    await within(owner.does('slipway', 'stop', 'dev'));
    await within(owner.does('slipway', 'start', 'dev'));
    expect(await within(owner.docker('dev', 'run', '--rm', 'tools', 'echo', 'again'))).toBe('again');
    await within(owner.does('slipway', 'allow-me', 'dev'));
  });

  test('another is spoken to through SSH, and what they share outlives the first', async () => {
    await create('two', '--access', 'ssh');
    await within(owner.does('slipway', 'rm', '-y', 'dev'));
    expect(await within(owner.does('slipway', 'ssh', 'two', 'docker run --rm tools echo in'))).toBe('in\n');
    await within(owner.does('slipway', 'rm', '-y', 'two'));
  });
});

/** Everything at the place that bears the label of this store. */
async function leftOf(place: Place, owner: Owner, values: FlagValues): Promise<string[]> {
  const { fleet } = await driverModule(place);
  const id = await readFile(owner.store.storeId, 'utf8').catch(() => '');
  const found = id === '' || !fleet ? [] : await fleet.survey(values);
  return found
    .filter((part: Found) => part.labels['slipway-store'] === id.trim())
    .map(({ kind, id }) => `${kind} ${id}`);
}
