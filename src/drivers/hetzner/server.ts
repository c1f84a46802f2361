import { gzipSync } from 'node:zlib';
import { SlipwayError } from '../../errors.ts';
import type { Endpoint, Made, PowerState } from '../driver.ts';
import { endpointAt } from '../login.ts';
import type { Server } from './client.ts';
import type { Facts } from './facts.ts';
import type { Place } from './place.ts';

/** The body of the request for one, but for its name and labels. */
export async function serverOf({ settings, site }: Place, facts: Facts, made: Made): Promise<object> {
  const { type, location, image, named } = facts;
  const group = made['placement-group'] ?? named.placementGroup;
  return {
    server_type: type.name,
    location: location.name,
    image: String(image.id),
    ssh_keys: [made.key ?? String(named.key)],
    user_data: userDataOf(site.bootstrap?.userData),
    public_net: {
      enable_ipv4: settings.ipv4 !== 'none',
      enable_ipv6: settings.ipv6 !== 'none',
      ...(named.ipv4 === undefined ? {} : { ipv4: named.ipv4 }),
      ...(named.ipv6 === undefined ? {} : { ipv6: named.ipv6 }),
    },
    networks: [...(made.network === undefined ? [] : [Number(made.network)]), ...named.networks],
    firewalls: [...(made.firewall === undefined ? [] : [Number(made.firewall)]), ...named.firewalls].map(
      (firewall) => ({
        firewall,
      }),
    ),
    volumes: named.volumes,
    ...(named.volumes.length > 0 ? { automount: false } : {}),
    ...(group === undefined ? {} : { placement_group: Number(group) }),
    start_after_create: true,
  };
}

/** docs.hetzner.cloud, "Create a Server": what user data may have. */
const LONGEST = 32 * 1024;

/** cloud-init undoes base64 here, and unpacks what is in it. @throws SlipwayError `bad-input` for what is too long */
export function userDataOf(document: string | undefined): string {
  if (document === undefined)
    throw new SlipwayError('failed', 'A machine can be made only with what its first boot needs');
  if (Buffer.byteLength(document) <= LONGEST) return document;
  const packed = gzipSync(document).toString('base64');
  if (packed.length <= LONGEST) return packed;
  const kib = Math.ceil(packed.length / 1024);
  throw new SlipwayError('bad-input', `The user data has ${kib} KiB when compressed; Hetzner takes ${LONGEST / 1024}`, {
    hint: 'Let --cloud-init fetch what is large.',
  });
}

/** What Hetzner tells of the machine now; undefined where it knows none. */
export async function serverNow({ hetzner }: Place, { server }: Made): Promise<Server | undefined> {
  return server === undefined ? undefined : hetzner.server(server);
}

/** docs.hetzner.cloud, "Servers", "status". */
export function stateFrom(status: string | undefined): PowerState {
  if (status === undefined) return 'Gone';
  if (status === 'running') return 'Running';
  if (status === 'stopping' || status === 'deleting') return 'Stopping';
  return status === 'off' ? 'Stopped' : 'Starting';
}

export async function endpointOf(place: Place, made: Made): Promise<Endpoint | undefined> {
  const { settings } = place;
  const server = await serverNow(place, made);
  if (server === undefined || !['Running', 'Starting'].includes(stateFrom(server.status))) return undefined;
  const { ipv4, ipv6 } = server.public_net;
  const open = [ipv4?.ip, ipv6 === null ? undefined : ipv6.ip.replace(/::\/64$/, '::1')];
  const closed = server.private_net.map(({ ip }) => ip);
  const all = settings.reach === 'private' ? closed : [...open, ...closed];
  return endpointAt(
    all.filter((ip) => ip !== undefined),
    settings,
  );
}
