import { SlipwayError } from '../../errors.ts';
import type { Part } from '../driver.ts';
import type { Instance } from './client.ts';
import type { Facts } from './facts.ts';
import { rulesFor } from './firewall.ts';
import { instancePart } from './instance.ts';
import { ADDRESSES, GROUPS, KEYS, keptPart, missing } from './kept.ts';
import { groupOf, type Place } from './place.ts';

/** In the order made. */
export function partsOf(place: Place, facts: () => Promise<Facts>): Part[] {
  const { settings } = place;
  return [
    ...(settings.key === undefined && settings.keyPath === undefined ? [keyPart(place)] : []),
    groupPart(place, facts),
    instancePart(place, facts),
    ...(settings.privateOnly || settings.floatingIp !== undefined ? [] : [addressPart(place)]),
  ];
}

/** All there can be, for a sweep. */
export function allParts(place: Place, facts: () => Promise<Facts>): Part[] {
  return [keyPart(place), groupPart(place, facts), instancePart(place, facts), addressPart(place)];
}

/** A key of the user's own is in the user data: IBM takes none twice, and the next machine may have the same. */
function keyPart(place: Place): Part {
  const { ibm, site } = place;
  const body = async () => {
    const { publicKey } = site.bootstrap ?? missing('key');
    return { public_key: publicKey, type: typeOf(publicKey), ...groupOf(place) };
  };
  return { kind: 'key', ...keptPart(ibm, KEYS, body) };
}

function typeOf(publicKey: string): 'ed25519' | 'rsa' {
  if (publicKey.startsWith('ssh-ed25519 ')) return 'ed25519';
  if (publicKey.startsWith('ssh-rsa ')) return 'rsa';
  throw new SlipwayError('bad-input', 'IBM Cloud takes SSH keys of the types ed25519 and rsa only');
}

/** Made with its rules, so that the machine never is without. */
function groupPart(place: Place, facts: () => Promise<Facts>): Part {
  const body = async () => {
    const { subnet } = await facts();
    return { vpc: { id: subnet.vpc.id }, rules: rulesFor(place), ...groupOf(place) };
  };
  return { kind: 'security-group', ...keptPart(place.ibm, GROUPS, body) };
}

function addressPart(place: Place): Part {
  const { ibm } = place;
  const body = async (_: string, { instance = missing('instance') }: Readonly<Record<string, string>>) => {
    const { primary_network_interface } = await ibm.ask<Instance>('GET', `/instances/${instance}`);
    return { target: { id: primary_network_interface.id }, ...groupOf(place) };
  };
  return { kind: 'address', ...keptPart(ibm, ADDRESSES, body) };
}
