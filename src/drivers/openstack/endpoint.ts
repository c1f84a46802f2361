import type { Endpoint, Made } from '../driver.ts';
import { endpointAt } from '../login.ts';
import { addressNow } from './address.ts';
import type { Address, Server } from './client.ts';
import type { Place } from './place.ts';
import { stateOf } from './state.ts';

/** What OpenStack tells of the machine now; undefined where it knows none. */
export async function serverNow({ openstack }: Place, { server }: Made): Promise<Server | undefined> {
  return server === undefined ? undefined : openstack.server(server);
}

export async function endpointOf(place: Place, made: Made): Promise<Endpoint | undefined> {
  const { settings } = place;
  const server = await serverNow(place, made);
  if (server === undefined || !['Running', 'Starting'].includes(stateOf(server))) return undefined;
  const floating = (await addressNow(place, made)) ?? lentBefore(place, server);
  if (floating === undefined && awaitsFloating(place)) return undefined;
  const own = addressesOf(place, server).map(({ addr }) => addr);
  return endpointAt([...new Set(floating === undefined ? own : [floating, ...own])], settings);
}

/** The user's own, which docker-machine has put on the server: no part tells of it. */
function lentBefore({ settings }: Place, { addresses }: Server): string | undefined {
  const all = Object.values(addresses).flatMap((each) => each.map(({ addr }) => addr));
  return all.find((address) => address === settings.floating);
}

function awaitsFloating({ settings }: Place): boolean {
  return settings.pool !== undefined || settings.floating !== undefined;
}

/** Its fixed ones, the one to connect to first: of the family that is wanted, in the first network that is named. */
function addressesOf({ settings }: Place, { addresses }: Server): Address[] {
  const named = [...settings.networks].filter((name) => name in addresses);
  const networks = [...new Set([...named, ...Object.keys(addresses)])];
  const all = networks
    .flatMap((name) => addresses[name] ?? [])
    .filter((each) => each['OS-EXT-IPS:type'] !== 'floating');
  return [
    ...all.filter(({ version }) => version === settings.family),
    ...all.filter(({ version }) => version !== settings.family),
  ];
}
