import { SlipwayError } from '../../errors.ts';
import type { Vsphere } from './client.ts';
import { faultIn } from './failures.ts';
import { type Item, itemsIn, ofKind } from './inventory.ts';
import { carriedOut } from './tasks.ts';
import { type Ref, refOf, refXml, xml } from './xml.ts';

/**
 * The machines of these ids, by them; those that are gone are left away. docker-machine kept no id of a machine, only
 * where it stands in the inventory: "Datacenter/vm/folder/name", without the datacenter where there was no choice.
 */
export async function machinesBy(vsphere: Vsphere, ids: readonly string[]): Promise<ReadonlyMap<string, Ref>> {
  const machines = ids.some(isPlace) ? await machinesIn(vsphere) : [];
  const refs = ids.map((id) => [id, isPlace(id) ? machineAt(machines, id) : machineRef(id)] as const);
  return new Map(refs.flatMap(([id, ref]) => (ref === undefined ? [] : [[id, ref] as const])));
}

/** @throws SlipwayError `denied` where a machine of that name is elsewhere: somebody may have moved it */
export async function machineBy(vsphere: Vsphere, id: string): Promise<Ref | undefined> {
  if (!isPlace(id)) return machineRef(id);
  const machines = await machinesIn(vsphere);
  const found = machineAt(machines, id);
  const name = id.slice(id.lastIndexOf('/') + 1);
  const others = machines.filter((machine) => machine.name === name).map(({ path }) => path);
  if (found !== undefined || others.length === 0) return found;
  throw new SlipwayError('denied', `docker-machine's machine "${id}" is not there, or not alone: there is ${others}`, {
    hint: 'Move it back, or remove it in the vSphere client and forget it with rm --force.',
  });
}

/** docker-machine's ISO, in the folder of a machine that is off. Succeeds if it is gone already, or was never there. */
export async function removeIso(vsphere: Vsphere, vm: Ref): Promise<void> {
  const [found] = await vsphere.read({ VirtualMachine: ['config.files.vmPathName'] }, [vm]);
  const [, folder] = /^(\[[^\]]*\] .*\/)[^/]*$/.exec(found?.properties['config.files.vmPathName']?.text ?? '') ?? [];
  const datacenter = await datacenterOf(vsphere, vm);
  if (folder === undefined || datacenter === undefined) return;
  const words = [xml('name', `${folder}boot2docker.iso`), refXml('datacenter', datacenter)];
  await carriedOut(vsphere, 'DeleteDatastoreFile_Task', await vsphere.service('fileManager'), words).catch(
    (error: unknown) => {
      if (faultIn(error) !== 'FileNotFound') throw error;
    },
  );
}

async function datacenterOf(vsphere: Vsphere, ref: Ref): Promise<Ref | undefined> {
  if (ref.type === 'Datacenter') return ref;
  const [found] = await vsphere.read({ [ref.type]: ['parent'] }, [ref]);
  const parent = found?.properties.parent;
  return parent && datacenterOf(vsphere, refOf(parent));
}

function machineRef(id: string): Ref {
  return { type: 'VirtualMachine', id };
}

/** vSphere's own ids have no slash. */
export function isPlace(id: string): boolean {
  return id.includes('/');
}

const INVENTORY = Object.fromEntries(
  ['Datacenter', 'Folder', 'VirtualMachine'].map((type) => [type, ['name', 'parent']]),
);

async function machinesIn(vsphere: Vsphere): Promise<Item[]> {
  return ofKind(itemsIn(await vsphere.list(INVENTORY)), 'VirtualMachine');
}

function machineAt(machines: readonly Item[], place: string): Ref | undefined {
  const found = machines.filter(({ path }) => path === place || path.endsWith(`/${place}`));
  return found.length === 1 ? found[0]?.ref : undefined;
}
