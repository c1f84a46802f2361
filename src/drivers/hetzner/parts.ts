import { SlipwayError } from '../../errors.ts';
import type { Part } from '../driver.ts';
import type { Facts } from './facts.ts';
import { rulesFor } from './firewall.ts';
import { FIREWALLS, KEYS, keptPart, NETWORKS, PLACEMENT_GROUPS, SERVERS } from './kept.ts';
import { ownLabels, type Place, sharedLabels } from './place.ts';
import { serverOf } from './server.ts';

/** In the order made. */
export function partsOf(place: Place, facts: () => Promise<Facts>): Part[] {
  const { settings } = place;
  const isPublic = settings.ipv4 !== 'none' || settings.ipv6 !== 'none';
  return [
    ...(settings.key === undefined ? [keyPart(place)] : []),
    ...(settings.ownNetwork ? [networkPart(place, facts)] : []),
    ...(settings.spread ? [placementGroupPart(place)] : []),
    ...(isPublic ? [firewallPart(place)] : []), // Hetzner's firewalls are before public addresses only
    serverPart(place, facts),
  ];
}

/** Without a key of somebody's, Hetzner would give root a password, and send it by mail. */
function keyPart(place: Place): Part {
  const { hetzner, settings, site } = place;
  const create = async (key: string) => ({
    public_key: (site.bootstrap ?? missing('key')).publicKey,
    labels: { ...settings.keyLabels, ...ownLabels(place, key) },
  });
  return { kind: 'key', ...keptPart(hetzner, KEYS, create) };
}

/** One for all machines of the store in this location; a network is free. */
function networkPart(place: Place, facts: () => Promise<Facts>): Part {
  const { hetzner, settings } = place;
  const create = async (key: string) => {
    const { location } = await facts();
    const subnet = { type: 'cloud', ip_range: RANGE, network_zone: location.network_zone };
    return { ip_range: RANGE, subnets: [subnet], labels: sharedLabels(place, key) };
  };
  return { kind: 'network', shared: `hetzner-network-${settings.location}`, ...keptPart(hetzner, NETWORKS, create) };
}

const RANGE = '10.83.0.0/16';

function placementGroupPart(place: Place): Part {
  const create = async (key: string) => ({ type: 'spread', labels: sharedLabels(place, key) });
  return { kind: 'placement-group', shared: 'hetzner-spread', ...keptPart(place.hetzner, PLACEMENT_GROUPS, create) };
}

function firewallPart(place: Place): Part {
  const create = async (key: string) => ({ rules: rulesFor(place), labels: ownLabels(place, key) });
  return { kind: 'firewall', ...keptPart(place.hetzner, FIREWALLS, create) };
}

function serverPart(place: Place, facts: () => Promise<Facts>): Part {
  const create = async (key: string, made: Readonly<Record<string, string>>) => ({
    ...(await serverOf(place, await facts(), made)),
    labels: { ...place.settings.labels, ...ownLabels(place, key) },
  });
  return { kind: 'server', ...keptPart(place.hetzner, SERVERS, create) };
}

function missing(what: string): never {
  throw new SlipwayError('failed', `The machine's ${what} was never made`);
}
