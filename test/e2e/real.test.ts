import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Found } from '../../src/drivers/driver.ts';
import { type DriverName, driverModule, driverName } from '../../src/drivers/index.ts';
import type { FlagValues } from '../../src/flags.ts';
import { newOwner, type Owner } from './owner.ts';

interface Place {
  /** What the smallest machine costs an hour with its disk and address, in USD, and at most; nothing where it is our own. */
  readonly hourly: number;
  /** What does not come from the environment. */
  readonly words: readonly string[];
  /** Machines have no firewall of their own there. */
  readonly unguarded?: true;
}

type Cloud = Exclude<DriverName, 'qemu' | 'generic'>;

const PLACES: Readonly<Record<Cloud, Place>> = {
  amazonec2: { hourly: 0.03, words: ['--amazonec2-instance-type', 't3.micro,t3a.micro,t2.micro'] },
  azure: { hourly: 0.03, words: ['--azure-size', 'Standard_B2ats_v2,Standard_B1s'] },
  google: { hourly: 0.02, words: ['--google-machine-type', 'e2-micro,e2-small'] },
  hetzner: { hourly: 0.02, words: ['--hetzner-server-type', 'cx23,cpx22'] },
  digitalocean: { hourly: 0.02, words: ['--digitalocean-size', 's-1vcpu-1gb,s-1vcpu-2gb'] },
  openstack: { hourly: 0.03, words: [] },
  vsphere: { hourly: 0, words: [], unguarded: true },
  ibm: { hourly: 0.12, words: ['--ibm-profile', 'cx2-2x4,bx2-2x8'] },
  softlayer: { hourly: 0.06, words: ['--softlayer-cpu', '1', '--softlayer-memory', '1024'] },
};

/** In USD, for each cloud: how long its machines may live follows from it. */
const BUDGET = Number(process.env.SLIPWAY_E2E_BUDGET ?? 0.1);
const MINUTE = 60_000;
const places = (process.env.SLIPWAY_E2E ?? '')
  .split(',')
  .map(driverName)
  .filter((name): name is Cloud => Object.hasOwn(PLACES, name));

jest.setTimeout(20 * MINUTE);

// Two machines at most, of which one lives through all of it.
describe.each(places)('%s, for real', (place) => {
  const { hourly, words, unguarded } = PLACES[place];
  let owner: Owner;
  let values: FlagValues = {};
  const stop = performance.now() + Math.min(60, (BUDGET / hourly / 2) * 60) * MINUTE;

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
    await within(owner.does('slipway', 'create', '--driver', place, ...words, ...more, name));
    values = (await owner.record(name)).flags;
    await within(owner.buildTools(name));
  };

  test('a dry run makes nothing', async () => {
    const said = await owner.does('slipway', 'create', '--dry-run', '--driver', place, ...words, 'dev');
    expect(said).toContain((await driverModule(place)).fleet?.machine);
  });

  test('a machine runs a container, also after a stop and a start', async () => {
    await create('dev');
    expect(await within(owner.docker('dev', 'run', '--rm', 'tools', 'echo', 'in'))).toBe('in');
    await within(owner.does('slipway', 'stop', 'dev'));
    await within(owner.does('slipway', 'start', 'dev'));
    expect(await within(owner.docker('dev', 'run', '--rm', 'tools', 'echo', 'again'))).toBe('again');
    if (!unguarded) await within(owner.does('slipway', 'allow-me', 'dev'));
  });

  test('another is spoken to through SSH, and what they share outlives the first', async () => {
    await create('two', '--access', 'ssh');
    await within(owner.does('slipway', 'rm', '-y', 'dev'));
    expect(await within(owner.does('slipway', 'ssh', 'two', 'docker run --rm tools echo in'))).toBe('in\n');
    await within(owner.does('slipway', 'rm', '-y', 'two'));
  });
});

/** Everything at the place that bears the label of this store. */
async function leftOf(place: Cloud, owner: Owner, values: FlagValues): Promise<string[]> {
  const { fleet } = await driverModule(place);
  const id = await readFile(owner.store.storeId, 'utf8').catch(() => '');
  const found = id === '' || !fleet ? [] : await fleet.survey(values);
  return found
    .filter((part: Found) => part.labels['slipway-store'] === id.trim())
    .map(({ kind, id }) => `${kind} ${id}`);
}
