import type { Made } from '../driver.ts';
import type { Floating } from './address.ts';
import { descriptionOf, labelsInDescription, type Place } from './place.ts';
import type { SecurityGroup } from './security-group.ts';

/** Writes the machine's new end where its labels are; OpenStack ends nothing by itself. */
export async function extend(place: Place, made: Made): Promise<void> {
  const { compute, network } = place.openstack;
  const { 'slipway-expires': expires } = place.site.labels;
  if (expires === undefined) return;
  const { 'security-group': group, server, address } = made;
  if (group !== undefined) {
    const path = `/security-groups/${group}`;
    const { security_group } = await network.ask<{ security_group: SecurityGroup }>('GET', path);
    const description = redated(security_group.description, expires);
    await network.ask('PUT', path, { body: { security_group: { description } } });
  }
  if (address !== undefined) {
    const path = `/floatingips/${address}`;
    const { floatingip } = await network.ask<{ floatingip: Floating }>('GET', path);
    const description = redated(floatingip.description, expires);
    await network.ask('PUT', path, { body: { floatingip: { description } } });
  }
  if (server === undefined) return;
  const asked = { body: { metadata: { 'slipway-expires': expires } }, repeatable: true };
  await compute.ask('POST', `/servers/${server}/metadata`, asked);
}

function redated(description: string | null, expires: string): string {
  return descriptionOf({ ...labelsInDescription(description), 'slipway-expires': expires });
}
