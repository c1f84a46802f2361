import type { compute_v1 } from '@googleapis/compute/build/v1.js';
import { SlipwayError } from '../../errors.ts';
import type { Made, Part } from '../driver.ts';
import { ifThere } from './failures.ts';
import { described, lookUp, make, remove } from './kept.ts';
import { SETTLES } from './network.ts';
import { formatPath, parsePath } from './paths.ts';
import { lastingLabels, type Place, where } from './place.ts';

/** A static external address. It costs while nothing uses it, too. */
export function addressPart(place: Place): Part {
  const { google, settings } = place;
  const { project, region } = settings;
  const at = (text: string) => where(text, { project, region, collection: 'addresses' }, parsePath);
  return {
    kind: 'address',
    settles: SETTLES,
    create: (key) =>
      make(google, at(key), (compute, requestId, options) => {
        const description = described(lastingLabels(place, key));
        const requestBody = { name: key, description, addressType: 'EXTERNAL', networkTier: 'PREMIUM' };
        return compute.addresses.insert({ project, region, requestId, requestBody }, options);
      }),
    find: async (key) => ((await lookUp(google, at(key))) ? formatPath(at(key)) : undefined),
    destroy: (id) => remove(google, at(id)),
  };
}

/** The address that the machine shall have, as an instance's network interface names it; undefined for one that passes. */
export async function staticAddress(place: Place, made: Made): Promise<StaticAddress | undefined> {
  const { address } = place.settings;
  if (address === 'none' || address === 'passing') return undefined;
  const found = await (address === 'own' ? ownAddress(place, made) : namedAddress(place, address));
  if (found?.address) return { natIP: found.address, networkTier: found.networkTier ?? 'PREMIUM' };
  throw new SlipwayError('failed', "The machine's static address is not there any more");
}

/** An address is of one tier, and is had only by asking for that one. */
export interface StaticAddress {
  readonly natIP: string;
  readonly networkTier: string;
}

/** The user's address; undefined where there is none such. */
export async function namedAddress(
  { google, settings: { project, region } }: Place,
  address: { readonly name: string } | { readonly ip: string },
): Promise<Address | undefined> {
  if ('name' in address) {
    return ifThere(google.ask(({ addresses }, o) => addresses.get({ project, region, address: address.name }, o)));
  }
  const filter = `address="${address.ip}"`;
  const listed = await google.ask(({ addresses }, options) => addresses.list({ project, region, filter }, options));
  return listed.items?.[0];
}

type Address = compute_v1.Schema$Address;

async function ownAddress({ google }: Place, made: Made): Promise<Address | undefined> {
  if (made.address === undefined) return undefined;
  const { project, region = '', name } = parsePath(made.address);
  return ifThere(google.ask(({ addresses }, o) => addresses.get({ project, region, address: name }, o)));
}
