import { codeOf, SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import type { Endpoint, Made, Part, PowerState } from '../driver.ts';
import { endpointAt } from '../login.ts';
import { addressesIn } from './addresses.ts';
import type { Vsphere } from './client.ts';
import { deployed } from './deploy.ts';
import type { Facts, FromTemplate } from './facts.ts';
import { ifThere, isBusy } from './failures.ts';
import { isPlace, machineBy, removeIso } from './former.ts';
import { imported } from './import.ts';
import type { Place } from './place.ts';
import { cloneWords, configWords, detachWords } from './spec.ts';
import { carriedOut } from './tasks.ts';
import { type Ref, textAt, typeOf, type Xml } from './xml.ts';

/** The virtual machine with its disks, which go with it. */
export function machinePart(place: Place, facts: () => Promise<Facts>): Part {
  const { vsphere } = place;
  return {
    kind: 'machine',
    settles: SETTLES,
    create: async (key) => make(place, await facts(), key),
    find: async (key) => (await byName(vsphere, key))?.id,
    destroy: (id) => remove(vsphere, id),
  };
}

/** A clone stands in the inventory as soon as its task has begun, which may have to wait for others; in milliseconds. */
const SETTLES = 10_000;

/** What was asked for twice is there once: what has been done already is not done again. */
async function make(place: Place, facts: Facts, key: string): Promise<string> {
  const { vsphere } = place;
  const vm = await madeOf(place, facts, key).catch(async (error: unknown) => {
    const there = mayBeThere(facts, error) ? await byName(vsphere, key) : undefined;
    if (there === undefined) throw error;
    return fromBefore(place, facts, key, there);
  });
  const [found] = await vsphere.read(CONFIG, [vm]);
  if (isOn(found?.properties['runtime.powerState'])) return vm.id;
  const devices = found?.properties['config.hardware.device']?.children ?? [];
  await carriedOut(vsphere, 'ReconfigVM_Task', vm, configWords(place, facts, key, devices));
  if (facts.customization) await carriedOut(vsphere, 'CustomizeVM_Task', vm, [facts.customization]);
  await turnOn(vsphere, vm);
  return vm.id;
}

/** That the name is taken is said by a fault; of a library item by one of many services, each in its own words. */
function mayBeThere({ source }: Facts, error: unknown): boolean {
  return codeOf(error) === 'exists' || (source.kind === 'item' && codeOf(error) === 'refused');
}

/** Off, and with its labels. */
async function madeOf(place: Place, facts: Facts, key: string): Promise<Ref> {
  const { source } = facts;
  if (source.kind === 'template') return cloned(place, facts, source, key);
  return source.kind === 'item' ? deployed(place, facts, source, key) : imported(place, facts, source, key);
}

async function cloned(place: Place, facts: Facts, { template }: FromTemplate, key: string): Promise<Ref> {
  const vm = await carriedOut(place.vsphere, 'CloneVM_Task', template.ref, cloneWords(place, facts, key));
  if (vm !== undefined) return vm;
  throw new SlipwayError('refused', 'vSphere does not say which machine it made');
}

/**
 * An earlier request for it was carried out, or still is. To what is sent from here nobody can send the rest: it is made anew,
 * unless it was whole already.
 */
async function fromBefore(place: Place, facts: Facts, key: string, there: Ref): Promise<Ref> {
  const { vsphere } = place;
  if (facts.source.kind !== 'image') {
    await atRest(vsphere, there);
    return there;
  }
  const [found] = await vsphere.read(CONFIG, [there]);
  if (isOn(found?.properties['runtime.powerState'])) return there;
  await remove(vsphere, there.id);
  return madeOf(place, facts, key);
}

/** Resolves when nothing is being done with it. */
async function atRest(vsphere: Vsphere, vm: Ref): Promise<void> {
  const wait = { what: `"${vm.id}" to be there`, limit: BUSY_LIMIT, signal: vsphere.signal };
  await waitFor(wait, async () => {
    const [found] = await vsphere.read({ VirtualMachine: ['disabledMethod'] }, [vm]);
    const disabled = found?.properties.disabledMethod?.children.map(({ text }) => text) ?? [];
    return disabled.includes('ReconfigVM_Task') ? undefined : true;
  });
}

/** Succeeds if it is on already. */
export async function turnOn(vsphere: Vsphere, vm: Ref): Promise<void> {
  await unlessSo(vsphere, vm, true, 'PowerOnVM_Task');
}

/** At once. Succeeds if it is off already. */
export async function turnOff(vsphere: Vsphere, vm: Ref): Promise<void> {
  await unlessSo(vsphere, vm, false, 'PowerOffVM_Task');
}

/** vSphere refuses to do what is done already, as it is after a lost answer. */
async function unlessSo(vsphere: Vsphere, vm: Ref, on: boolean, method: string): Promise<void> {
  try {
    await carriedOut(vsphere, method, vm);
  } catch (error) {
    const [found] = await vsphere.read({ VirtualMachine: ['runtime.powerState'] }, [vm]);
    if (isOn(found?.properties['runtime.powerState']) !== on) throw error;
  }
}

function isOn(state: Xml | undefined): boolean {
  return state?.text === 'poweredOn';
}

const CONFIG = {
  VirtualMachine: ['runtime.powerState', 'config.hardware.device', 'config.files.vmPathName'],
};

/** Whoever moved or renamed it has not changed its id; by its key it is found only while it has its name. */
async function byName(vsphere: Vsphere, key: string): Promise<Ref | undefined> {
  const found = await vsphere.list({ VirtualMachine: ['name'] });
  return found.find(({ properties }) => properties.name?.text === key)?.ref;
}

/** For other work on it to end, as a clone that nobody waits for any more; in milliseconds. */
const BUSY_LIMIT = 15 * 60_000;

/** Succeeds if it is gone already. Disks that somebody else has attached to it are taken off first. */
export async function remove(vsphere: Vsphere, id: string): Promise<void> {
  const vm = id.startsWith('slipway-') ? await byName(vsphere, id) : await machineBy(vsphere, id);
  if (vm === undefined) return;
  if (isPlace(id)) {
    await turnOff(vsphere, vm);
    await removeIso(vsphere, vm);
  }
  const what = `the machine "${id}" to be removed at vSphere`;
  const hint = 'See what holds it: the vSphere client lists its tasks.';
  await waitFor(
    { what, limit: BUSY_LIMIT, hint, signal: vsphere.signal },
    async () => {
      await ifThere(removeNow(vsphere, vm));
      return true;
    },
    isBusy,
  );
}

async function removeNow(vsphere: Vsphere, vm: Ref): Promise<void> {
  const [found] = await vsphere.read(CONFIG, [vm]);
  if (found === undefined) return;
  const {
    'runtime.powerState': state,
    'config.hardware.device': devices,
    'config.files.vmPathName': home,
  } = found.properties;
  if (isOn(state)) await turnOff(vsphere, vm);
  const foreign = foreignDisks(devices?.children ?? [], home?.text ?? '');
  if (foreign.length > 0) await carriedOut(vsphere, 'ReconfigVM_Task', vm, detachWords(foreign));
  await carriedOut(vsphere, 'Destroy_Task', vm);
}

/** vSphere puts a machine's own disks into a folder of its name on their datastore, and names them after it. */
function foreignDisks(devices: readonly Xml[], home: string): Xml[] {
  const { folder, file } = partsOf(home);
  if (folder === '') return [];
  const isOwn = (disk: Xml) => {
    const own = partsOf(textAt(disk, 'backing', 'fileName'));
    return own.folder === '' || own.folder === folder || own.file.startsWith(file.replace(/\.vmx$/, ''));
  };
  return devices.filter((device) => typeOf(device) === 'VirtualDisk' && !isOwn(device));
}

/** "[datastore] folder/file.vmdk" */
function partsOf(path: string): { readonly folder: string; readonly file: string } {
  const [, folder = '', file = ''] = /^\[[^\]]*\] (.*)\/([^/]*)$/.exec(path) ?? [];
  return { folder, file };
}

/** vSphere has no words for what is under way. A machine that sleeps is started like one that is off. */
export function stateFrom(state: string | undefined): PowerState {
  if (state === undefined) return 'Gone';
  return state === 'poweredOn' ? 'Running' : 'Stopped';
}

export async function endpointOf({ settings, vsphere }: Place, { machine }: Made): Promise<Endpoint | undefined> {
  const vm = machine === undefined ? undefined : await machineBy(vsphere, machine);
  const seen = vm && (await vsphere.look(vm));
  if (seen === undefined || !isOn(seen['runtime.powerState'])) return undefined;
  return endpointAt(addressesIn(seen['guest.net']), settings);
}
