import { codeOf, SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import type { Part } from '../driver.ts';
import type { OpenStack } from './client.ts';
import type { Facts } from './facts.ts';
import { ifThere } from './failures.ts';
import { refuseTooLargeVolume } from './limits.ts';
import { allPages } from './pages.ts';
import { isId, missing, ownLabels, type Place, SETTLES } from './place.ts';
import { stateOf } from './state.ts';

/** What of a volume we look at. */
export interface Volume {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  readonly availability_zone?: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly attachments: readonly { readonly server_id: string; readonly attachment_id: string }[];
}

/**
 * The disk of a machine that boots from a volume. The compute service could make one with the server, but one without a name,
 * which nobody could tell to be ours when it is left behind.
 */
export function volumePart(place: Place, facts: () => Promise<Facts>): Part {
  const { openstack } = place;
  const find = async (key: string) => (await volumesIn(openstack, { name: key }))[0]?.id;
  return {
    kind: 'volume',
    settles: SETTLES,
    find,
    create: async (key) => (await find(key)) ?? (await make(place, await facts(), key)),
    async destroy(id) {
      const known = isId(id) ? id : await find(id);
      if (known !== undefined) await remove(openstack, known);
    },
  };
}

/** Those of the project, also for an administrator. */
export async function volumesIn({ volume }: OpenStack, query: { readonly name?: string } = {}): Promise<Volume[]> {
  return allPages<Volume>(volume, '/volumes/detail', 'volumes', query);
}

/** docs.openstack.org/api-ref/block-storage/v3, "Create a volume". */
async function make(place: Place, facts: Facts, key: string): Promise<string> {
  const { size, type, zone } = facts.volume ?? missing('volume');
  const volume = {
    name: key,
    size,
    imageRef: facts.image.id,
    metadata: ownLabels(place, key),
    ...(type === undefined ? {} : { volume_type: type.id }),
    ...(zone === undefined ? {} : { availability_zone: zone }),
  };
  try {
    const asked = place.openstack.volume.ask<Asked>('POST', '/volumes', { body: { volume } });
    return (await asked).volume.id;
  } catch (error) {
    if (codeOf(error) === 'quota') await refuseTooLargeVolume(place, facts, error);
    throw error;
  }
}

interface Asked {
  readonly volume: Volume;
}

async function volumeNow({ volume }: OpenStack, id: string): Promise<Volume | undefined> {
  return (await ifThere(volume.ask<Asked>('GET', `/volumes/${id}`)))?.volume;
}

/** The image is on it: a server can boot from it. */
export async function filled({ openstack, settings, site }: Place, id: string): Promise<void> {
  const what = `the volume of "${site.machine}" to be filled at OpenStack`;
  const hint = `See what it is doing: openstack volume show ${id}; --openstack-active-timeout says how long it may take.`;
  await waitFor({ what, limit: settings.patience, hint, signal: openstack.signal }, async () => {
    const volume = await volumeNow(openstack, id);
    if (volume === undefined || volume.status.startsWith('error')) throw unfilled(site.machine, volume);
    return volume.status === 'available' ? true : undefined;
  });
}

/** A volume has no words for what was the matter; most often it is room. */
function unfilled(machine: string, volume: Volume | undefined): SlipwayError {
  const cause = new Error(volume ? `it says "${volume.status}"` : 'somebody removed it');
  return new SlipwayError('no-capacity', `OpenStack began to make the volume of "${machine}", and gave up`, {
    cause,
    hint: 'See why: openstack --os-volume-api-version 3.3 volume message list',
  });
}

/** For a server to let go of it, and for OpenStack to remove it, in milliseconds. */
const GONE_LIMIT = 10 * 60_000;

async function remove(openstack: OpenStack, id: string): Promise<void> {
  const what = `the volume "${id}" to be gone at OpenStack`;
  const hint = `See what it is doing: openstack volume show ${id}`;
  await waitFor({ what, limit: GONE_LIMIT, hint, signal: openstack.signal }, async () => {
    const volume = await volumeNow(openstack, id);
    if (volume === undefined) return true;
    if (volume.status === 'error_deleting') throw undeletable(id);
    if (volume.status === 'in-use') await takeOff(openstack, volume);
    if (REMOVABLE.test(volume.status)) await askToRemove(openstack, volume);
    return undefined;
  });
}

/** docs.openstack.org/api-ref/block-storage/v3, "Delete a volume"; from other states it comes to these, or goes. */
const REMOVABLE = /^(available|error|error_restoring|error_extending|error_managing)$/;

/** The server itself may have it removed at the same time. */
async function askToRemove(openstack: OpenStack, { id, status }: Volume): Promise<void> {
  try {
    await ifThere(openstack.volume.ask('DELETE', `/volumes/${id}`));
  } catch (error) {
    const now = await volumeNow(openstack, id);
    if (now?.status === status) throw codeOf(error) === 'bad-input' ? kept(id, error) : error;
  }
}

function kept(id: string, cause: unknown): SlipwayError {
  return new SlipwayError('refused', `OpenStack does not remove the volume "${id}"`, {
    cause,
    hint: `It may have snapshots of yours: openstack volume snapshot list --volume ${id}`,
  });
}

/** It may still be noted as being on a server that has gone; on another one by now, it is somebody's. */
async function takeOff(openstack: OpenStack, { id, attachments }: Volume): Promise<void> {
  for (const { server_id: server, attachment_id } of attachments) {
    if (stateOf(await openstack.server(server)) !== 'Gone') throw inUse(id, server);
    const body = { 'os-detach': { attachment_id } };
    await ifThere(openstack.volume.ask('POST', `/volumes/${id}/action`, { body, repeatable: true }));
  }
}

function inUse(id: string, server: string): SlipwayError {
  return new SlipwayError('refused', `The volume "${id}" is on the server "${server}"`, {
    hint: `Take it off, then try again: openstack server remove volume ${server} ${id}`,
  });
}

function undeletable(id: string): SlipwayError {
  return new SlipwayError('refused', `OpenStack tried to remove the volume "${id}", and gave up`, {
    hint: 'Ask whoever runs the cloud to set its state back, then try again.',
  });
}
