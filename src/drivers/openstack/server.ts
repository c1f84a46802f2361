import { gzipSync } from 'node:zlib';
import { SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import type { Made, Part } from '../driver.ts';
import type { Server } from './client.ts';
import type { Facts } from './facts.ts';
import { ifThere, isBusy, isForbidden } from './failures.ts';
import { refuseWhatIsTooMuch } from './limits.ts';
import { allPages } from './pages.ts';
import { isId, missing, ownLabels, type Place, SETTLES } from './place.ts';
import { stateOf } from './state.ts';
import { filled } from './volume.ts';

/** The machine, with its disk unless that is a volume. Its name is its key, which OpenStack does not keep from being given twice. */
export function serverPart(place: Place, facts: () => Promise<Facts>): Part {
  const find = async (key: string) => {
    const query = { name: `^${key}$` };
    return (await allPages<Server>(place.openstack.compute, '/servers/detail', 'servers', query))[0]?.id;
  };
  return {
    kind: 'server',
    settles: SETTLES,
    find,
    async create(key, made) {
      const id = (await find(key)) ?? (await make(place, await facts(), key, made));
      await built(place, id);
      return id;
    },
    async destroy(id) {
      const known = isId(id) ? id : await find(id);
      if (known !== undefined) await remove(place, known);
    },
  };
}

async function make(place: Place, facts: Facts, key: string, made: Made): Promise<string> {
  const { compute } = place.openstack;
  if (made.volume !== undefined) await filled(place, made.volume);
  const { server, hints } = await bodyOf(place, facts, key, made);
  const body = { server, ...(hints ? { 'os:scheduler_hints': hints } : {}) };
  try {
    return (await compute.ask<{ server: { id: string } }>('POST', '/servers', { body })).server.id;
  } catch (error) {
    if (isForbidden(error)) await refuseWhatIsTooMuch(place, facts, error);
    throw error;
  }
}

/** docs.openstack.org/api-ref/compute, "Create Server". */
async function bodyOf(place: Place, facts: Facts, key: string, made: Made) {
  const { settings, site, openstack } = place;
  const { flavor, image, networks, groups, serverGroup } = facts;
  const volume = facts.volume === undefined ? undefined : (made.volume ?? missing('volume'));
  const server = {
    name: key,
    flavorRef: flavor.id,
    ...(volume === undefined ? { imageRef: image.id } : { block_device_mapping_v2: [bootedFrom(volume)] }),
    key_name: settings.keypair ?? made.keypair ?? missing('key'),
    networks: networks.map(({ id }) => ({ uuid: id })),
    security_groups: [made['security-group'] ?? missing('security group'), ...groups].map((name) => ({ name })),
    metadata: { ...settings.metadata, ...ownLabels(place, key) },
    user_data: userDataOf(site.bootstrap?.userData),
    ...(settings.zone === undefined ? {} : { availability_zone: settings.zone }),
    ...(settings.configDrive ? { config_drive: true } : {}),
    ...((await openstack.microversion()) >= HOSTNAMES ? { hostname: hostnameOf(site.machine) } : {}),
  };
  return { server, hints: serverGroup === undefined ? undefined : { group: serverGroup } };
}

/** Since the microversion 2.90 a server may have another host name than its name. */
const HOSTNAMES = 90;

function hostnameOf(machine: string): string {
  return (
    machine
      .replace(/[^a-z0-9-]/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 63) || 'slipway'
  );
}

/** The volume goes with the server, also where somebody removes that by hand. */
function bootedFrom(volume: string): object {
  return {
    boot_index: 0,
    uuid: volume,
    source_type: 'volume',
    destination_type: 'volume',
    delete_on_termination: true,
  };
}

/** docs.openstack.org/api-ref/compute: what user data may have, in base64. */
const LONGEST = 65_535;

/** cloud-init unpacks what is compressed. @throws SlipwayError `bad-input` for what is too long */
export function userDataOf(document: string | undefined): string {
  const plain = Buffer.from(document ?? missing('first boot'));
  const whole = plain.toString('base64');
  if (whole.length <= LONGEST) return whole;
  const packed = gzipSync(plain).toString('base64');
  if (packed.length <= LONGEST) return packed;
  const kib = Math.ceil(packed.length / 1024);
  throw new SlipwayError('bad-input', `The user data has ${kib} KiB when compressed; OpenStack takes 64`, {
    hint: 'Let --cloud-init fetch what is large.',
  });
}

/** Whether there is a host for it shows only while it is being built. */
async function built({ openstack, settings, site }: Place, id: string): Promise<void> {
  const hint = `See what it is doing: openstack server show ${id}; --openstack-active-timeout says how long it may take.`;
  const limit = settings.patience;
  const wait = { what: `"${site.machine}" to be built at OpenStack`, limit, hint, signal: openstack.signal };
  await waitFor(wait, async () => {
    const server = await openstack.server(id);
    if (server === undefined || server.status === 'ERROR') throw unbuilt(site.machine, server);
    return server.status === 'BUILD' ? undefined : true;
  });
}

/** Its own words are all that OpenStack tells, whatever was the matter; most often it is room. */
function unbuilt(machine: string, server: Server | undefined): SlipwayError {
  const cause = new Error(server?.fault?.message ?? (server ? 'it does not say why' : 'somebody removed it'));
  return new SlipwayError('no-capacity', `OpenStack began to build "${machine}", and gave up`, {
    cause,
    hint: 'Name more flavors or zones: --openstack-flavor-name m1.small,m1.medium',
  });
}

/** For OpenStack to take a server down, in milliseconds. */
const GONE_LIMIT = 10 * 60_000;

async function remove({ openstack }: Place, id: string): Promise<void> {
  const what = `the server "${id}" to be gone at OpenStack`;
  const hint = `See what it is doing: openstack server show ${id}`;
  const wait = { what, limit: GONE_LIMIT, hint, signal: openstack.signal };
  await waitFor(
    wait,
    async () => {
      await ifThere(openstack.compute.ask('DELETE', `/servers/${id}`));
      return true;
    },
    isBusy,
  );
  await waitFor(wait, async () => (stateOf(await openstack.server(id)) === 'Gone' ? true : undefined));
}
