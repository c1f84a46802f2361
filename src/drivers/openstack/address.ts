import { SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import type { Labels, Made, Part } from '../driver.ts';
import type { OpenStack, Server } from './client.ts';
import { OURS } from './client.ts';
import type { Facts } from './facts.ts';
import { ifThere } from './failures.ts';
import { allPages } from './pages.ts';
import { descriptionOf, isId, labelsInDescription, missing, ownLabels, type Place, SETTLES } from './place.ts';

export interface Floating {
  readonly id: string;
  readonly floating_ip_address: string;
  readonly description: string | null;
  readonly port_id: string | null;
  readonly port_details?: { readonly device_id: string } | null;
}

/** A floating address of ours, which goes with the machine. It has no name, so its key is in its description. */
export function ownAddressPart(place: Place, facts: () => Promise<Facts>): Part {
  const { openstack } = place;
  const find = async (key: string) =>
    (await floatingIn(openstack)).find(({ description }) => keyIn(description) === key)?.id;
  return {
    kind: 'address',
    settles: SETTLES,
    find,
    create: async (key, made) => (await find(key)) ?? (await make(place, await facts(), key, made)),
    async destroy(id) {
      const known = isId(id) ? id : await find(id);
      if (known !== undefined) await removeAddress(openstack, known);
    },
  };
}

/**
 * A floating address of the user's own, which is on the machine for as long as that is there. Whose it is stands in the
 * server's metadata; the part's id is that of the address and that of the server, so that it is never taken from another.
 */
export function lentAddressPart(place: Place, ip: string): Part {
  const { openstack } = place;
  const find = async (key: string) => {
    const servers = await allPages<Server>(openstack.compute, '/servers/detail', 'servers', OURS);
    const server = servers.find(({ metadata }) => metadata[LENT] === key);
    return server && `${(await lent(openstack, ip)).id}/${server.id}`;
  };
  return {
    kind: 'lent-address',
    settles: SETTLES,
    find,
    async create(key, made) {
      const server = made.server ?? missing('server');
      const { id } = await lent(openstack, ip);
      await openstack.compute.ask('POST', `/servers/${server}/metadata`, {
        body: { metadata: { [LENT]: key } },
        repeatable: true,
      });
      const body = { floatingip: { port_id: await portOf(openstack, server) } };
      await openstack.network.ask('PUT', `/floatingips/${id}`, { body });
      return `${id}/${server}`;
    },
    async destroy(id) {
      const known = id.includes('/') ? id : await find(id);
      if (known !== undefined) await giveBack(openstack, known);
    },
  };
}

const LENT = 'slipway-address';

/** Those of the project: an administrator would see everybody's. */
export async function floatingIn(
  { network, session }: OpenStack,
  query: { readonly floating_ip_address?: string } = {},
): Promise<Floating[]> {
  const { project } = await session();
  return allPages<Floating>(network, '/floatingips', 'floatingips', { ...query, tenant_id: project });
}

/** The address itself of what a machine's part is. */
export async function addressNow({ openstack, site }: Place, made: Made): Promise<string | undefined> {
  const [id] = (made.address ?? made['lent-address'] ?? '').split('/');
  if (!id) return undefined;
  const ask = async () =>
    (await ifThere(openstack.network.ask<{ floatingip: Floating }>('GET', `/floatingips/${id}`)))?.floatingip;
  return (await site.memory.recall(`openstack floating ${id}`, ask))?.floating_ip_address;
}

export async function removeAddress({ network }: OpenStack, id: string): Promise<void> {
  await ifThere(network.ask('DELETE', `/floatingips/${id}`));
}

/** Takes it off, unless it is somewhere else by now. */
export async function giveBack({ network }: OpenStack, part: string): Promise<void> {
  const [id, server] = part.split('/');
  const path = `/floatingips/${id}`;
  const found = (await ifThere(network.ask<{ floatingip: Floating }>('GET', path)))?.floatingip;
  if (!found?.port_id || (await deviceOf(network, found)) !== server) return;
  await ifThere(network.ask('PUT', path, { body: { floatingip: { port_id: null } } }));
}

async function deviceOf(
  network: OpenStack['network'],
  { port_id, port_details }: Floating,
): Promise<string | undefined> {
  if (port_details) return port_details.device_id;
  return (await ifThere(network.ask<{ port: { device_id: string } }>('GET', `/ports/${port_id}`)))?.port.device_id;
}

export function labelsOfAddress({ description }: Floating): Labels | undefined {
  return labelsInDescription(description);
}

function keyIn(description: string | null): string | undefined {
  return labelsInDescription(description)?.['slipway-key'];
}

async function make(place: Place, { pool }: Facts, key: string, { server }: Made): Promise<string> {
  const { openstack } = place;
  const body = {
    floatingip: {
      floating_network_id: pool?.id ?? missing('pool'),
      port_id: await portOf(openstack, server ?? missing('server')),
      description: descriptionOf(ownLabels(place, key)),
    },
  };
  return (await openstack.network.ask<{ floatingip: Floating }>('POST', '/floatingips', { body })).floatingip.id;
}

interface NetworkPort {
  readonly id: string;
  readonly network_id: string;
  readonly fixed_ips: readonly { readonly ip_address: string }[];
}

/** For a server that is built to have its port, in milliseconds. */
const PORT_LIMIT = 60_000;

/** Floating addresses lead to IPv4 addresses only. */
async function portOf({ network, signal }: OpenStack, server: string): Promise<string> {
  const wait = { what: `the server "${server}" to have a port`, limit: PORT_LIMIT, signal };
  return waitFor(wait, async () => {
    const ports = await allPages<NetworkPort>(network, '/ports', 'ports', { device_id: server });
    return ports.find(({ fixed_ips }) => fixed_ips.some(({ ip_address }) => ip_address.includes('.')))?.id;
  });
}

async function lent(openstack: OpenStack, ip: string): Promise<Floating> {
  const [found] = await floatingIn(openstack, { floating_ip_address: ip });
  if (found) return found;
  throw new SlipwayError('bad-input', `The project has no floating address "${ip}"`, {
    hint: 'This prints those that there are: openstack floating ip list',
  });
}

/** @throws SlipwayError `bad-input` where the user's own is not there, or leads somewhere already */
export async function checkLent({ openstack, settings }: Place): Promise<void> {
  if (settings.floating === undefined) return;
  const { port_id } = await lent(openstack, settings.floating);
  if (port_id === null) return;
  throw new SlipwayError('bad-input', `The floating address "${settings.floating}" is in use`, {
    hint: `Take it off what it is on, or name another: openstack floating ip show ${settings.floating}`,
  });
}
