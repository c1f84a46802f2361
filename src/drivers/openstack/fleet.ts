import { newMemory } from '../../memory.ts';
import type { Fleet, Found } from '../driver.ts';
import { labelsInKey } from '../labels.ts';
import { scopeOf } from './access.ts';
import { floatingIn, labelsOfAddress, ownAddressPart } from './address.ts';
import { newOpenStack, type OpenStack, OURS, type Server, serversBy } from './client.ts';
import { keypairPart, keypairsIn } from './keypair.ts';
import { allPages } from './pages.ts';
import { labelsInDescription } from './place.ts';
import { groupsIn, securityGroupPart } from './security-group.ts';
import { serverPart } from './server.ts';
import { settingsOf } from './settings.ts';
import { stateOf } from './state.ts';
import { volumePart, volumesIn } from './volume.ts';

/** One list of a project's servers, whatever their number. */
export const fleet: Fleet = {
  machine: 'server',
  scope: scopeOf,
  async states(values, machines, signal) {
    const { compute } = newOpenStack(values, alone(signal));
    const ids = machines.flatMap(({ server }) => server ?? []);
    const known = await serversBy(compute, ids);
    return machines.map(({ server = '' }) => stateOf(known.get(server)));
  },
  async survey(values, signal) {
    const openstack = newOpenStack(values, alone(signal));
    const { has } = await openstack.session();
    const kinds = [keypairs(openstack), groups(openstack), servers(openstack), addresses(openstack)];
    return (await Promise.all([...kinds, ...(has('volume') ? [volumes(openstack)] : [])])).flat();
  },
  removable(values, site) {
    const settings = settingsOf({ 'openstack-flavor-id': '-', 'openstack-image-id': '-' });
    const place = { settings, site, openstack: newOpenStack(values, site) };
    const nothing = () => Promise.reject(new Error('A sweep makes nothing'));
    const parts = [
      keypairPart(place),
      securityGroupPart(place),
      volumePart(place, nothing),
      serverPart(place, nothing),
      ownAddressPart(place, nothing),
    ];
    return parts.map(({ kind, destroy }) => ({ kind, destroy }));
  },
};

async function serversIn({ compute }: OpenStack): Promise<Server[]> {
  return allPages<Server>(compute, '/servers/detail', 'servers', OURS);
}

async function servers(openstack: OpenStack): Promise<Found[]> {
  return (await serversIn(openstack)).flatMap((server) => {
    const { 'slipway-address': _, ...metadata } = server.metadata;
    const own = Object.entries(metadata).filter(([name]) => name.startsWith('slipway-'));
    const labels = { ...labelsInKey(server.name), ...Object.fromEntries(own) };
    const where = server['OS-EXT-AZ:availability_zone'];
    if (labels['slipway-key'] === undefined) return [];
    return [{ kind: 'server', id: server.id, labels, ...(where ? { where } : {}) }];
  });
}

/** A key pair bears its key as its name, and nothing else. */
async function keypairs(openstack: OpenStack): Promise<Found[]> {
  return (await keypairsIn(openstack)).flatMap((name) => {
    const labels = labelsInKey(name);
    return labels === undefined ? [] : [{ kind: 'keypair', id: name, labels }];
  });
}

/** One whose description somebody changed still has its name. */
async function groups(openstack: OpenStack): Promise<Found[]> {
  return (await groupsIn(openstack)).flatMap(({ id, name, description }) => {
    const labels = { ...labelsInKey(name), ...labelsInDescription(description) };
    return labels['slipway-key'] === undefined ? [] : [{ kind: 'security-group', id, labels }];
  });
}

async function addresses(openstack: OpenStack): Promise<Found[]> {
  return (await floatingIn(openstack)).flatMap((each) => {
    const labels = labelsOfAddress(each);
    return labels === undefined ? [] : [{ kind: 'address', id: each.id, labels }];
  });
}

/** One whose metadata somebody changed still has its name, and the other way round. */
async function volumes(openstack: OpenStack): Promise<Found[]> {
  return (await volumesIn(openstack)).flatMap(({ id, name, metadata, availability_zone: where }) => {
    const own = Object.entries(metadata).filter(([label]) => label.startsWith('slipway-'));
    const labels = { ...labelsInKey(name ?? ''), ...Object.fromEntries(own) };
    if (labels['slipway-key'] === undefined) return [];
    return [{ kind: 'volume', id, labels, ...(where ? { where } : {}) }];
  });
}

/** One question has nothing to share. */
function alone(signal: AbortSignal | undefined) {
  return { memory: newMemory(), ...(signal ? { signal } : {}) };
}
