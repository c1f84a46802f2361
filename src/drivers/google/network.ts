import { SlipwayError } from '../../errors.ts';
import type { Made, Part } from '../driver.ts';
import { described, lookUp, make, remove } from './kept.ts';
import { formatPath, parsePath } from './paths.ts';
import { type Place, sharedLabels, short, where } from './place.ts';

/** A network for all machines of the store in this project, with a subnetwork in each region. */
export function networkPart(place: Place): Part {
  const { google, settings } = place;
  const at = (text: string) => where(text, { project: settings.project, collection: 'networks' }, parsePath);
  return {
    kind: 'network',
    shared: `google-network-${short(settings.project)}`,
    settles: SETTLES,
    create: (key) =>
      make(google, at(key), (compute, requestId, options) => {
        const requestBody = {
          name: key,
          description: described(sharedLabels(place, key)),
          autoCreateSubnetworks: true,
          routingConfig: { routingMode: 'REGIONAL' },
        };
        return compute.networks.insert({ project: settings.project, requestId, requestBody }, options);
      }),
    find: async (key) => ((await lookUp(google, at(key))) ? formatPath(at(key)) : undefined),
    destroy: (id) => remove(google, at(id)),
  };
}

/** An accepted request shows within a second or two; in milliseconds. */
export const SETTLES = 5_000;

/** The path of the network that the machine is on. */
export async function networkOf({ google, settings }: Place, made: Made): Promise<string> {
  const { network, subnetwork } = settings;
  if (network === 'own') return made.network ?? missing('network');
  if (network !== 'of-subnetwork') return network.path;
  const { project, region = '', name } = parsePath(subnetwork ?? missing('subnetwork'));
  const found = await google.known(`subnetwork ${project} ${region} ${name}`, (compute, options) =>
    compute.subnetworks.get({ project, region, subnetwork: name }, options),
  );
  return formatPath(parsePath(found.network ?? ''));
}

function missing(what: string): never {
  throw new SlipwayError('failed', `The machine's ${what} was never made`);
}
