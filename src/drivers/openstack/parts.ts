import type { Part } from '../driver.ts';
import { lentAddressPart, ownAddressPart } from './address.ts';
import type { Facts } from './facts.ts';
import { keypairPart } from './keypair.ts';
import type { Place } from './place.ts';
import { securityGroupPart } from './security-group.ts';
import { serverPart } from './server.ts';
import { volumePart } from './volume.ts';

/** In the order made. */
export function partsOf(place: Place, facts: () => Promise<Facts>): Part[] {
  const { keypair, pool, floating, volume } = place.settings;
  return [
    ...(keypair === undefined ? [keypairPart(place)] : []),
    securityGroupPart(place),
    ...(volume === undefined ? [] : [volumePart(place, facts)]),
    serverPart(place, facts),
    ...(pool === undefined ? [] : [ownAddressPart(place, facts)]),
    ...(floating === undefined ? [] : [lentAddressPart(place, floating)]),
  ];
}
