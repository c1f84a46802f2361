import type { Made, Part } from '../driver.ts';
import { removeLeftDisk } from './disk.ts';
import { lookUp } from './failures.ts';
import { parseId, TYPES } from './ids.ts';
import { remove, seen, submit } from './operations.ts';
import { idOf, type Place } from './place.ts';
import { vmBody } from './vm.ts';

/** The virtual machine with its disk, which Azure makes and deletes together. */
export function instancePart(place: Place): Part {
  const { clients, options } = place;
  const find = async (key: string) => {
    const { virtualMachines } = await clients.compute();
    const what = `look at the virtual machine "${key}"`;
    const present = await lookUp(what, () => virtualMachines.get(place.group, key, options));
    return present && idOf(place, TYPES.instance, key);
  };
  return {
    kind: 'instance',
    settles: 10_000,
    find,
    async create(key, made: Made) {
      const body = await vmBody(place, key, made);
      const { virtualMachines } = await clients.compute();
      await submit(place, `make the virtual machine "${key}"`, () =>
        virtualMachines.createOrUpdate(place.group, key, body, options),
      );
      await seen(place, `the virtual machine "${key}"`, () => find(key));
      return idOf(place, TYPES.instance, key);
    },
    async destroy(id) {
      const resource = parseId(id);
      if (!resource) return;
      const { virtualMachines } = await clients.compute();
      const { group, name } = resource;
      const now = { ...options, forceDeletion: true };
      await remove(place, `delete the virtual machine "${name}"`, () => virtualMachines.delete(group, name, now));
      await removeLeftDisk(place, group, name);
    },
  };
}
