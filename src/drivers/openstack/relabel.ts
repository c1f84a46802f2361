import type { Labels, Made } from '../driver.ts';
import { changing } from '../labels.ts';
import type { Floating } from './address.ts';
import { descriptionOf, labelsInDescription, type Place } from './place.ts';
import type { SecurityGroup } from './security-group.ts';

/** Writes the labels that may change where its labels are. */
export async function relabel(place: Place, made: Made): Promise<void> {
  const { compute, network, volume: volumes } = place.openstack;
  const changes = changing(place.site.labels);
  if (Object.keys(changes).length === 0) return;
  const { 'security-group': group, server, address, volume } = made;
  if (group !== undefined) {
    const path = `/security-groups/${group}`;
    const { security_group } = await network.ask<{ security_group: SecurityGroup }>('GET', path);
    const description = changed(security_group.description, changes);
    await network.ask('PUT', path, { body: { security_group: { description } } });
  }
  if (address !== undefined) {
    const path = `/floatingips/${address}`;
    const { floatingip } = await network.ask<{ floatingip: Floating }>('GET', path);
    const description = changed(floatingip.description, changes);
    await network.ask('PUT', path, { body: { floatingip: { description } } });
  }
  const asked = { body: { metadata: changes }, repeatable: true };
  if (volume !== undefined) await volumes.ask('POST', `/volumes/${volume}/metadata`, asked);
  if (server === undefined) return;
  await compute.ask('POST', `/servers/${server}/metadata`, asked);
}

function changed(description: string | null, changes: Labels): string {
  return descriptionOf({ ...labelsInDescription(description), ...changes });
}
