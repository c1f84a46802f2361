import type { Found, Made, Part } from '../driver.ts';
import { allPages, type DigitalOcean, type Droplet } from './client.ts';
import { ifThere } from './failures.ts';
import { missing, remove, whenReady } from './kept.ts';
import { keyOfTag, labelsIn, type Place, SETTLES } from './place.ts';
import { bearTag } from './tags.ts';

interface Reserved {
  readonly ip: string;
  readonly droplet: Droplet | null;
}

/**
 * A reserved address, of ours or the user's, on the machine's droplet. It can bear neither name nor tag, so its key is in a
 * tag of the droplet that it leads to: "slipway:KEY:address:ADDRESS-KEY". The user's own is only taken off.
 */
export function addressPart(place: Place): Part {
  const { ocean, settings } = place;
  const given = settings.reserved === 'new' ? undefined : settings.reserved;
  const word = given === undefined ? OURS : THEIRS;
  const find = async (key: string) => {
    const all = await allPages<Reserved>(ocean, 'reserved_ips', 'reserved_ips');
    return all.find(({ droplet }) => droplet?.tags.some((tag) => tag.endsWith(`:${word}:${key}`)))?.ip;
  };
  return {
    kind: 'address',
    settles: SETTLES,
    find,
    async create(key, made) {
      await bearTag(place, `slipway:${keyOfTag(made.tag ?? missing('tag'))}:${word}:${key}`, made);
      return (await find(key)) ?? (given === undefined ? newAddress(place, made) : assign(place, given, made));
    },
    async destroy(id) {
      if (!/^[\d.]+$/.test(id)) return;
      await unassign(place, id);
      if (given === undefined) await remove(ocean, `/v2/reserved_ips/${id}`, `the address "${id}"`);
    },
  };
}

/** Of an address that we made, and of one that is the user's. */
const OURS = 'address';
const THEIRS = 'assigned';

/** Those that we made. One whose droplet is gone bears no mark any more. */
export async function addressesIn(ocean: DigitalOcean): Promise<Found[]> {
  const all = await allPages<Reserved>(ocean, 'reserved_ips', 'reserved_ips');
  return all.flatMap(({ ip, droplet }) => {
    const { [`slipway-${OURS}`]: key, ...labels } = labelsIn(droplet?.tags);
    return key === undefined ? [] : [{ kind: 'address', id: ip, labels: { ...labels, 'slipway-key': key } }];
  });
}

async function newAddress({ ocean }: Place, { droplet }: Made): Promise<string> {
  const asked = { body: { droplet_id: Number(droplet ?? missing('droplet')) } };
  const ask = () => ocean.ask<{ reserved_ip: Reserved }>('POST', '/v2/reserved_ips', asked);
  return (await whenReady(ocean, 'a reserved address', ask, READY_LIMIT)).reserved_ip.ip;
}

async function assign({ ocean }: Place, ip: string, { droplet }: Made): Promise<string> {
  const body = { type: 'assign', droplet_id: Number(droplet ?? missing('droplet')) };
  const ask = () => ocean.ask('POST', `/v2/reserved_ips/${ip}/actions`, { body, repeatable: true });
  await whenReady(ocean, `the address "${ip}"`, ask, READY_LIMIT);
  return ip;
}

/** For a droplet that has just begun to run to take one, in milliseconds. */
const READY_LIMIT = 60_000;

async function unassign({ ocean }: Place, ip: string): Promise<void> {
  const path = `/v2/reserved_ips/${ip}`;
  const found = await ifThere(ocean.ask<{ reserved_ip: Reserved }>('GET', path));
  if (!found?.reserved_ip.droplet) return;
  const ask = () => ocean.ask('POST', `${path}/actions`, { body: { type: 'unassign' }, repeatable: true });
  await whenReady(ocean, `the address "${ip}"`, ask, READY_LIMIT);
}
