import { gunzipSync } from 'node:zlib';
import { type Guest, newGuest } from '../guests.ts';
import type { Place } from './ask.ts';
import type { Thing } from './world.ts';

/** Switches on the machine behind an instance, where there are any: at its first boot it finds its user data. */
export async function boot(place: Place, instance: Thing): Promise<void> {
  if (!place.guests) return;
  const known = place.running.get(instance.selfLink);
  if (known) return known.start(addressesOf(instance));
  place.running.set(instance.selfLink, await newGuest(userDataOf(instance), addressesOf(instance)));
}

export async function shut(place: Place, instance: Thing): Promise<void> {
  await place.running.get(instance.selfLink)?.stop();
}

export async function forget(place: Place, instance: Thing): Promise<void> {
  const guest = place.running.get(instance.selfLink);
  place.running.delete(instance.selfLink);
  await guest?.remove();
}

/** A machine that switched itself off is off. */
export async function look(place: Place, instance: Thing): Promise<void> {
  const guest: Guest | undefined = place.running.get(instance.selfLink);
  if (instance.status === 'RUNNING' && guest && !(await guest.isRunning())) instance.status = 'TERMINATED';
}

/** As cloud-init's own source of data reads the keys. */
function userDataOf({ metadata }: Thing): string {
  const { items = [] } = metadata as { items?: { key: string; value: string }[] };
  const value = (key: string) => items.find((item) => item.key === key)?.value ?? '';
  if (value('user-data-encoding') !== 'base64') return value('user-data');
  return gunzipSync(Buffer.from(value('user-data'), 'base64')).toString();
}

function addressesOf(instance: Thing): string[] {
  const cards = instance.networkInterfaces as { networkIP: string; accessConfigs?: { natIP?: string }[] }[];
  return cards
    .flatMap(({ networkIP, accessConfigs }) => [accessConfigs?.[0]?.natIP, networkIP])
    .filter((each) => each !== undefined);
}
