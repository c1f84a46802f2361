import { SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import type { Endpoint, Made, Part, PowerState } from '../driver.ts';
import { endpointAt } from '../login.ts';
import type { Droplet } from './client.ts';
import { type Facts, refuseWhatIsScarce } from './facts.ts';
import { isUnprocessable } from './failures.ts';
import { makeOnce, remove } from './kept.ts';
import { isOurName, type Place, SETTLES, tagsOfMachine } from './place.ts';

/** The machine, with its disk. Its name is its key, which DigitalOcean does not keep from being given twice. */
export function dropletPart(place: Place, facts: () => Promise<Facts>): Part {
  const { ocean } = place;
  const find = async (key: string) => {
    const asked = { query: { name: key, per_page: 200 } };
    const { droplets } = await ocean.ask<{ droplets: Droplet[] }>('GET', '/v2/droplets', asked);
    const found = droplets.find(({ name }) => name === key);
    return found === undefined ? undefined : String(found.id);
  };
  const destroy = async (id: string) => {
    const known = isOurName(id) ? await find(id) : id;
    if (known === undefined) return;
    await remove(ocean, `/v2/droplets/${known}`, `the droplet "${id}"`);
    await gone(place, known);
  };
  return {
    kind: 'droplet',
    settles: SETTLES,
    find,
    create: async (key, made) => {
      const id = await makeOnce(
        () => find(key),
        async () => make(place, await facts(), key, made),
      );
      await ready(place, id);
      return id;
    },
    destroy,
  };
}

async function make(place: Place, facts: Facts, key: string, made: Made): Promise<string> {
  const { ocean, settings, site } = place;
  const vpc = made.vpc ?? facts.vpc;
  const body = {
    name: key,
    region: settings.region,
    size: settings.size,
    image: /^\d+$/.test(settings.image) ? Number(settings.image) : settings.image,
    ssh_keys: [Number(made.key) || (settings.key as string)],
    backups: settings.backups,
    ipv6: settings.ipv6,
    monitoring: settings.monitoring,
    tags: [...tagsOfMachine(place, made), ...settings.tags],
    user_data: userDataOf(site.bootstrap?.userData),
    with_droplet_agent: false, // it would let whoever has the account's console in
    ...(vpc === undefined ? {} : { vpc_uuid: vpc }),
    ...(settings.privateOnly ? { public_networking: false } : {}),
  };
  try {
    return String((await ocean.ask<{ droplet: Droplet }>('POST', '/v2/droplets', { body, makes: true })).droplet.id);
  } catch (error) {
    if (isUnprocessable(error)) await refuseWhatIsScarce(place, error);
    throw error;
  }
}

/** docs.digitalocean.com/reference/api, "Create a New Droplet": what user data may have. */
const LONGEST = 64 * 1024;

/** @throws SlipwayError `bad-input` for what is too long */
export function userDataOf(document: string | undefined): string {
  if (document === undefined)
    throw new SlipwayError('failed', 'A machine can be made only with what its first boot needs');
  const kib = Math.ceil(Buffer.byteLength(document) / 1024);
  if (Buffer.byteLength(document) <= LONGEST) return document;
  throw new SlipwayError('bad-input', `The user data has ${kib} KiB; DigitalOcean takes ${LONGEST / 1024}`, {
    hint: 'Let --cloud-init fetch what is large.',
  });
}

/** It takes about half a minute, and has no addresses before. */
const READY_LIMIT = 5 * 60_000;

/** What cannot be made after all vanishes. */
async function ready({ ocean, site }: Place, id: string): Promise<void> {
  const hint = 'See what it is doing: https://cloud.digitalocean.com';
  const wait = { what: `"${site.machine}" to be made at DigitalOcean`, limit: READY_LIMIT, hint, signal: ocean.signal };
  const accepted = performance.now();
  await waitFor(wait, async () => {
    const droplet = await ocean.droplet(id);
    if (droplet === undefined && performance.now() - accepted > SETTLES) throw vanished(site.machine);
    return droplet === undefined || droplet.status === 'new' ? undefined : true;
  });
}

function vanished(machine: string): SlipwayError {
  return new SlipwayError('no-capacity', `DigitalOcean began to make "${machine}", and gave up`, {
    hint: 'Try again, or name more sizes or regions: --digitalocean-region nyc3,sfo3',
  });
}

async function gone({ ocean }: Place, id: string): Promise<void> {
  const hint = 'See what it is doing: https://cloud.digitalocean.com';
  const wait = { what: `the droplet "${id}" to be gone`, limit: READY_LIMIT, hint, signal: ocean.signal };
  await waitFor(wait, async () => ((await ocean.droplet(id)) === undefined ? true : undefined));
}

/** What DigitalOcean tells of the machine now; undefined where it knows none. */
export async function dropletNow({ ocean }: Place, { droplet }: Made): Promise<Droplet | undefined> {
  return droplet === undefined ? undefined : ocean.droplet(droplet);
}

export function stateFrom(status: string | undefined): PowerState {
  if (status === undefined) return 'Gone';
  if (status === 'new') return 'Starting';
  return status === 'active' ? 'Running' : 'Stopped';
}

export async function endpointOf(place: Place, made: Made): Promise<Endpoint | undefined> {
  const { settings } = place;
  const droplet = await dropletNow(place, made);
  if (droplet === undefined || droplet.status !== 'active') return undefined;
  const { v4, v6 } = droplet.networks;
  const open = v4.filter(({ type }) => type === 'public').map((each) => each.ip_address);
  const closed = v4.filter(({ type }) => type === 'private').map((each) => each.ip_address);
  const reserved = made.address === undefined ? [] : [made.address];
  const all = [...reserved, ...open, ...v6.map((each) => each.ip_address), ...closed];
  return endpointAt(settings.privateOnly ? closed : [...new Set(all)], settings);
}
