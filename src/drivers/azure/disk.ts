import { lookUp } from './failures.ts';
import { remove } from './operations.ts';
import type { Place } from './place.ts';

/**
 * Azure deletes the disk with its machine, but not when somebody set it to be kept, or deleted the machine otherwise.
 * It has the machine's name. One that another machine uses by now is no longer ours.
 */
export async function removeLeftDisk(place: Place, group: string, name: string): Promise<void> {
  const { disks } = await place.clients.compute();
  const disk = await lookUp(`look at the disk "${name}"`, () => disks.get(group, name, place.options));
  if (!disk || disk.managedBy !== undefined) return;
  await remove(place, `delete the disk "${name}"`, () => disks.delete(group, name, place.options));
}
