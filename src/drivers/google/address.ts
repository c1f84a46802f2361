import { SlipwayError } from '../../errors.ts';
import type { Made, Part } from '../driver.ts';
import { described, lookUp, make, remove } from './kept.ts';
import { SETTLES } from './network.ts';
import { formatPath, type Path, parsePath } from './paths.ts';
import { ownLabels, type Place, where } from './place.ts';

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
        const description = described(ownLabels(place, key));
        const requestBody = { name: key, description, addressType: 'EXTERNAL', networkTier: 'PREMIUM' };
        return compute.addresses.insert({ project, region, requestId, requestBody }, options);
      }),
    find: async (key) => ((await lookUp(google, at(key))) ? formatPath(at(key)) : undefined),
    destroy: (id) => remove(google, at(id)),
  };
}

/** The static address to give the machine; undefined for one that passes, or none. */
export async function staticAddress({ google, settings }: Place, made: Made): Promise<string | undefined> {
  const { address, project, region } = settings;
  if (address === 'none' || address === 'passing') return undefined;
  if (typeof address === 'object' && 'ip' in address) return address.ip;
  const own = address === 'own' ? made.address : undefined;
  const path: Path = own ? parsePath(own) : { project, region, collection: 'addresses', name: nameOf(address) };
  const which = { project: path.project, region: path.region ?? region, address: path.name };
  const found = await google.ask((compute, options) => compute.addresses.get(which, options));
  if (found.address) return found.address;
  throw new SlipwayError('failed', `The address "${path.name}" has not been given out yet`);
}

function nameOf(address: 'own' | { readonly name: string }): string {
  if (address !== 'own') return address.name;
  throw new SlipwayError('failed', "The machine's address was never made");
}
