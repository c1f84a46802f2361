import { SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import type { Endpoint, Made, Part, PowerState } from '../driver.ts';
import { endpointAt } from '../login.ts';
import { GUEST, type Guest } from './client.ts';
import type { Facts } from './facts.ts';
import { makeOnce, missing, remove, SETTLES, whenReady } from './kept.ts';
import { isOurName, labelsOfGuest, type Place, tagsOf } from './place.ts';

const SERVICE = 'SoftLayer_Virtual_Guest';

/**
 * The machine, with its disk. It is ordered with its key as the host name, so that it can be found whatever becomes of the
 * answer; tags, and a host name that the user wants, come afterwards.
 */
export function guestPart(place: Place, facts: () => Promise<Facts>): Part {
  const { softlayer } = place;
  const find = async (key: string) => {
    const guests = await softlayer.list<Guest>('getVirtualGuests', GUEST);
    return guests.find((guest) => labelsOfGuest(guest)['slipway-key'] === key)?.id;
  };
  return {
    kind: 'guest',
    settles: SETTLES,
    find: async (key) => find(key).then((id) => (id === undefined ? undefined : String(id))),
    async create(key, made) {
      const make = async () =>
        softlayer.post<Guest>(`${SERVICE}/createObject`, orderOf(place, await facts(), key, made));
      const id = await makeOnce(() => find(key), make);
      await softlayer.post(`${SERVICE}/${id}/setTags`, tagsOf(place, key));
      await provisioned(place, id);
      await rename(place, id);
      return id;
    },
    async destroy(id) {
      const known = isOurName(id) ? await find(id) : id;
      if (known === undefined) return;
      await remove(softlayer, SERVICE, String(known), `the virtual server "${id}"`);
      await gone(place, String(known));
    },
  };
}

function orderOf(place: Place, facts: Facts, key: string, made: Made): object {
  const { settings, site } = place;
  const sshKey = made.key ?? facts.key;
  return {
    hostname: key,
    domain: settings.domain,
    startCpus: settings.cpus,
    maxMemory: settings.memory,
    datacenter: { name: settings.datacenter },
    hourlyBillingFlag: settings.hourly,
    localDiskFlag: settings.localDisk,
    ...imageOf(place),
    ...(settings.diskSize === undefined
      ? {}
      : { blockDevices: [{ device: '0', diskImage: { capacity: settings.diskSize } }] }),
    networkComponents: [{ maxSpeed: settings.speed }],
    privateNetworkOnlyFlag: settings.privateOnly,
    ...networksOf(place, made),
    ...(sshKey === undefined ? {} : { sshKeys: [{ id: Number(sshKey) }] }),
    userData: [{ value: site.bootstrap?.userData ?? missing('first boot') }],
  };
}

function imageOf({ settings: { image } }: Place): object {
  return image.includes('-')
    ? { blockDeviceTemplateGroup: { globalIdentifier: image } }
    : { operatingSystemReferenceCode: image };
}

/** The machine is guarded from its first moment on, where it is reached. */
function networksOf({ settings }: Place, made: Made): object {
  const group = Number(made['security-group'] ?? missing('security group'));
  const guard = { securityGroupBindings: [{ securityGroup: { id: group } }] };
  const vlan = (id: number | undefined) => (id === undefined ? {} : { networkVlan: { id } });
  const open = { ...vlan(settings.publicVlan), ...guard };
  const closed = { ...vlan(settings.privateVlan), ...(settings.reach === 'private' ? guard : {}) };
  return {
    ...(settings.privateOnly ? {} : { primaryNetworkComponent: open }),
    ...(Object.keys(closed).length === 0 ? {} : { primaryBackendNetworkComponent: closed }),
  };
}

/** It takes some minutes, and now and then an hour. */
const READY_LIMIT = 90 * 60_000;

async function provisioned({ softlayer, site }: Place, id: string): Promise<void> {
  const hint = 'See what it is doing: https://cloud.ibm.com/gen1/infrastructure/devices';
  const wait = {
    what: `"${site.machine}" to be made at SoftLayer`,
    limit: READY_LIMIT,
    hint,
    signal: softlayer.signal,
  };
  await waitFor({ ...wait, pause: 5000 }, async () => {
    const guest = await softlayer.guest(id);
    return guest?.provisionDate && !guest.activeTransaction ? true : undefined;
  });
}

async function rename({ softlayer, settings }: Place, id: string): Promise<void> {
  const { hostname } = settings;
  if (hostname === undefined) return;
  await whenReady(softlayer, `the host name "${hostname}"`, () =>
    softlayer.post(`${SERVICE}/${id}/editObject`, { hostname }),
  );
}

async function gone({ softlayer }: Place, id: string): Promise<void> {
  const wait = { what: `the virtual server "${id}" to be gone`, limit: READY_LIMIT, signal: softlayer.signal };
  await waitFor({ ...wait, pause: 5000 }, async () => ((await softlayer.guest(id)) === undefined ? true : undefined));
}

/** Writes the labels that may change. Tags are replaced as a whole. */
export async function relabel(place: Place, made: Made): Promise<void> {
  const guest = await guestNow(place, made);
  const key = guest && labelsOfGuest(guest)['slipway-key'];
  if (key !== undefined) await place.softlayer.post(`${SERVICE}/${made.guest}/setTags`, tagsOf(place, key));
}

/** What SoftLayer tells of the machine now; undefined where it knows none. */
export async function guestNow({ softlayer }: Place, { guest }: Made): Promise<Guest | undefined> {
  return guest === undefined ? undefined : softlayer.guest(guest);
}

export function stateFrom(guest: Guest | undefined): PowerState {
  if (guest === undefined) return 'Gone';
  if (!guest.provisionDate) return 'Starting';
  return guest.powerState?.keyName === 'RUNNING' ? 'Running' : 'Stopped';
}

/** Does something to the machine's power, when SoftLayer is done with what it is in the middle of. */
export async function act({ softlayer, site }: Place, { guest }: Made, method: string): Promise<void> {
  if (guest === undefined) {
    throw new SlipwayError('not-found', 'The machine was never started: its creation did not get that far');
  }
  await whenReady(softlayer, `"${method}" of "${site.machine}"`, () => softlayer.get(`${SERVICE}/${guest}/${method}`));
}

export async function endpointOf(place: Place, made: Made): Promise<Endpoint | undefined> {
  const { settings } = place;
  const guest = await guestNow(place, made);
  if (guest === undefined || stateFrom(guest) !== 'Running') return undefined;
  const { primaryIpAddress: open, primaryBackendIpAddress: closed } = guest;
  if (open === undefined && settings.reach === 'public') return undefined;
  const all = settings.reach === 'private' ? [closed] : [open, closed];
  return endpointAt(
    all.filter((ip) => ip !== undefined),
    settings,
  );
}
