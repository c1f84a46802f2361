import { SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import type { Endpoint, Made, Part, PowerState } from '../driver.ts';
import { endpointAt } from '../login.ts';
import type { Instance } from './client.ts';
import type { Facts } from './facts.ts';
import { isBusy, startFailure } from './failures.ts';
import { INSTANCES, keptPart, missing } from './kept.ts';
import { groupOf, type Place, tagsOf } from './place.ts';

/** The machine, with its disk and its place in the subnet, which go with it. */
export function instancePart(place: Place, facts: () => Promise<Facts>): Part {
  const kept = keptPart(place.ibm, INSTANCES, async (key, made) => bodyOf(place, await facts(), key, made));
  return {
    kind: 'instance',
    ...kept,
    async create(key, made) {
      const id = await kept.create(key, made);
      await started(place, id);
      const { floatingIp } = (await facts()).named;
      if (floatingIp !== undefined) await bind(place, id, floatingIp);
      return id;
    },
  };
}

function bodyOf(place: Place, { profile, subnet, image, named }: Facts, key: string, made: Made): object {
  const { settings, site } = place;
  const own = made['security-group'] ?? missing('security group');
  const keyId = made.key ?? named.key;
  return {
    profile: { name: profile.name },
    zone: { name: subnet.zone.name },
    vpc: { id: subnet.vpc.id },
    image: { id: image.id },
    keys: keyId === undefined ? [] : [{ id: keyId }],
    user_data: userDataOf(site.bootstrap?.userData),
    primary_network_interface: {
      subnet: { id: subnet.id },
      security_groups: [own, ...named.groups].map((id) => ({ id })),
    },
    boot_volume_attachment: {
      delete_volume_on_instance_delete: true,
      volume: {
        name: key,
        profile: { name: 'general-purpose' },
        user_tags: tagsOf(place),
        ...(settings.diskSize === undefined ? {} : { capacity: settings.diskSize }),
      },
    },
    ...groupOf(place),
  };
}

/** cloud.ibm.com/docs/vpc?topic=vpc-user-data: what user data may have. */
const LONGEST = 64 * 1024;

/** @throws SlipwayError `bad-input` for what is too long */
export function userDataOf(document: string | undefined): string {
  if (document === undefined)
    throw new SlipwayError('failed', 'A machine can be made only with what its first boot needs');
  const kib = Math.ceil(Buffer.byteLength(document) / 1024);
  if (Buffer.byteLength(document) <= LONGEST) return document;
  throw new SlipwayError('bad-input', `The user data has ${kib} KiB; IBM Cloud takes ${LONGEST / 1024}`, {
    hint: 'Let --cloud-init fetch what is large.',
  });
}

const LIMIT = 10 * 60_000;

/** Only when it starts does IBM look whether it has one to give. */
async function started({ ibm, site }: Place, id: string): Promise<void> {
  const hint = 'See what it is doing: https://cloud.ibm.com/infrastructure/compute/vs';
  const wait = { what: `"${site.machine}" to be made at IBM Cloud`, limit: LIMIT, hint, signal: ibm.signal };
  await waitFor(wait, async () => {
    const instance = await ibm.instance(id);
    if (instance?.status === 'failed') throw startFailure(site.machine, instance.status_reasons);
    return instance === undefined || instance.status === 'pending' ? undefined : true;
  });
}

/** The user's own address goes to the machine, and is free again when the machine is gone: IBM sees to that. */
async function bind({ ibm, site }: Place, id: string, floatingIp: string): Promise<void> {
  const instance = await ibm.ask<Instance>('GET', `/instances/${id}`);
  const path = `${interfacePath(instance)}/floating_ips/${floatingIp}`;
  const wait = { what: `the floating address of "${site.machine}"`, limit: LIMIT, signal: ibm.signal };
  await waitFor(wait, async () => ({ bound: await ibm.ask('PUT', path) }), isBusy);
}

export function interfacePath({ id, primary_network_interface }: Instance): string {
  return `/instances/${id}/network_interfaces/${primary_network_interface.id}`;
}

/** What IBM tells of the machine now; undefined where it knows none. */
export async function instanceNow({ ibm }: Place, { instance }: Made): Promise<Instance | undefined> {
  return instance === undefined ? undefined : ibm.instance(instance);
}

/** cloud.ibm.com/docs/vpc?topic=vpc-vsi-lifecycle: the statuses of an instance. */
export function stateFrom(status: string | undefined): PowerState {
  if (status === undefined) return 'Gone';
  if (status === 'running') return 'Running';
  if (status === 'stopping' || status === 'deleting') return 'Stopping';
  return status === 'stopped' || status === 'failed' ? 'Stopped' : 'Starting';
}

interface NetworkInterface {
  readonly primary_ip: { readonly address: string };
  readonly floating_ips: readonly { readonly address: string }[];
}

/** The address that IBM gives an interface before there is one. */
const NONE = '0.0.0.0';

export async function endpointOf(place: Place, made: Made): Promise<Endpoint | undefined> {
  const { ibm, settings } = place;
  const instance = await instanceNow(place, made);
  if (instance === undefined || !['Running', 'Starting'].includes(stateFrom(instance.status))) return undefined;
  const { primary_ip, floating_ips } = await ibm.ask<NetworkInterface>('GET', interfacePath(instance));
  const open = floating_ips.map(({ address }) => address);
  const closed = [primary_ip.address].filter((address) => address !== NONE);
  if (settings.privateOnly) return endpointAt(closed, settings);
  return endpointAt(open.length === 0 ? [] : [...open, ...closed], settings);
}
