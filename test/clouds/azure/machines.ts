import { gunzipSync } from 'node:zlib';
import { newGuest } from '../guests.ts';
import { IMAGE_GIB, IMAGES, LOCATIONS, SIZES, type SizeEntry } from './catalog.ts';
import { addressesOf, machineOf, moveAddresses } from './network.ts';
import { Refusal } from './refusal.ts';
import {
  listIn,
  type Machine,
  objectIn,
  ofType,
  properties,
  put,
  referred,
  type Stored,
  seen,
  takeAway,
  type World,
} from './world.ts';

const VM = 'Microsoft.Compute/virtualMachines';
const bad = (code: string, message: string) => new Refusal(400, code, message);

/** @throws Refusal for what Azure would not take, beyond what the definitions say */
export function checkMachine(world: World, thing: Stored, present: Stored | undefined): void {
  const { hardwareProfile, storageProfile, osProfile, networkProfile } = properties(thing);
  if (thing.name.length > 64) throw bad('InvalidParameter', 'The name of a Linux machine has at most 64 signs.');
  if (present) checkUnchanged(present, thing);
  const size = sizeOf(String(objectIn(hardwareProfile).vmSize));
  checkInterfaces(world, thing, listIn(objectIn(networkProfile).networkInterfaces));
  checkImage(thing, size, objectIn(storageProfile));
  checkSystem(objectIn(osProfile));
  checkPlace(thing, size);
  checkSpot(thing, size);
  for (const id of Object.keys(thing.body.identity?.userAssignedIdentities ?? {})) referred(world, id, undefined);
  if (!present) checkQuotas(world, thing, size);
}

/** Makes the machine's disk, and switches it on. Fails as the test wishes. */
export async function makeMachine(world: World, thing: Stored): Promise<void> {
  const machine = machineIn(world, thing);
  const misfortune = world.misfortunes.shift();
  const { name, deleteOption, managedDisk } = objectIn(objectIn(properties(thing).storageProfile).osDisk);
  const id = diskId(thing, String(name));
  const body = {
    location: thing.body.location ?? '',
    tags: thing.body.tags ?? {},
    properties: { deleteOption, sku: objectIn(managedDisk).storageAccountType },
  };
  put(world, { id, type: 'Microsoft.Compute/disks', group: thing.group, name: String(name), body, state: 'Succeeded' });
  if (misfortune) {
    machine.failure = misfortune;
    reserveInterfaces(world, thing);
    throw new Refusal(409, misfortune.code, misfortune.message);
  }
  if (world.guests) machine.guest = await newGuest(machine.userData, addressesIn(world, thing));
  machine.power = 'running';
}

export function newMachine(thing: Stored): Machine {
  const { osProfile, storageProfile } = properties(thing);
  const data = Buffer.from(String(objectIn(osProfile).customData ?? ''), 'base64');
  const isPacked = data[0] === 0x1f && data[1] === 0x8b;
  const { name } = objectIn(objectIn(storageProfile).osDisk);
  return {
    power: 'creating',
    disk: diskId(thing, String(name)),
    userData: (isPacked ? gunzipSync(data) : data).toString('utf8'),
  };
}

/** Removes the machine, its disk where that is to go with it, and what is behind it. */
export async function deleteMachine(world: World, thing: Stored): Promise<void> {
  const machine = machineIn(world, thing);
  await machine.guest?.remove();
  const disk = world.things.get(machine.disk.toLowerCase());
  if (disk && properties(disk).deleteOption === 'Delete') takeAway(world, machine.disk);
  world.machines.delete(thing.id.toLowerCase());
  takeAway(world, thing.id);
}

/** What the verbs of a machine's power do, once they are carried out. */
export const POWER: Readonly<Record<string, (world: World, thing: Stored) => Promise<void>>> = {
  async start(world, thing) {
    const machine = machineIn(world, thing);
    if (machine.power === 'running') return;
    const misfortune = world.misfortunes.shift();
    if (misfortune) {
      Object.assign(machine, { power: 'deallocated', failure: misfortune });
      throw new Refusal(409, misfortune.code, misfortune.message);
    }
    machine.power = 'starting';
    await machine.guest?.start(addressesIn(world, thing));
    machine.power = 'running';
    delete machine.failure;
  },
  powerOff: (world, thing) => off(world, thing, 'stopping', 'stopped'),
  deallocate: (world, thing) => off(world, thing, 'deallocating', 'deallocated'),
  async restart(world, thing) {
    const machine = machineIn(world, thing);
    await machine.guest?.stop();
    await machine.guest?.start(addressesIn(world, thing));
    machine.power = 'running';
  },
};

async function off(world: World, thing: Stored, during: Machine['power'], after: Machine['power']): Promise<void> {
  const machine = machineIn(world, thing);
  machine.power = during;
  await machine.guest?.stop();
  machine.power = after;
  if (world.moves && after === 'deallocated') moveAddresses(world, interfacesOf(world, thing));
}

export function machineIn(world: World, thing: Stored): Machine {
  const machine = world.machines.get(thing.id.toLowerCase());
  if (machine) return machine;
  throw new Refusal(404, 'ResourceNotFound', `The Resource '${thing.id}' was not found.`);
}

/** What an answer has beside what was sent: secrets are never given back. */
export async function showMachine(world: World, thing: Stored, withView: boolean): Promise<Record<string, unknown>> {
  const machine = machineIn(world, thing);
  const { customData: _, ...osProfile } = objectIn(properties(thing).osProfile);
  return {
    ...properties(thing),
    osProfile: { ...osProfile, allowExtensionOperations: true, secrets: [], requireGuestProvisionSignal: true },
    provisioningState: stateOf(thing, machine),
    vmId: thing.etag.slice(3, -1),
    ...(withView ? { instanceView: { statuses: await statusesOf(thing, machine) } } : {}),
  };
}

/** What a list of states alone gives of it. */
export async function machineStatus(world: World, thing: Stored): Promise<object> {
  const machine = machineIn(world, thing);
  return {
    id: thing.id.replace('/resourceGroups/', '/resourceGroups/').replace(thing.group, thing.group.toUpperCase()),
    name: thing.name,
    type: VM,
    location: thing.body.location,
    properties: {
      provisioningState: stateOf(thing, machine),
      vmId: thing.etag.slice(3, -1),
      instanceView: { statuses: await statusesOf(thing, machine) },
    },
  };
}

function stateOf(thing: Stored, machine: Machine): string {
  return machine.failure ? 'Failed' : thing.state;
}

async function statusesOf(thing: Stored, machine: Machine): Promise<object[]> {
  if (machine.guest && machine.power === 'running' && !(await machine.guest.isRunning())) machine.power = 'stopped';
  const power = { code: `PowerState/${machine.power}`, level: 'Info', displayStatus: `VM ${machine.power}` };
  const { failure } = machine;
  if (failure) {
    const failed = {
      code: `ProvisioningState/failed/${failure.code}`,
      level: 'Error',
      displayStatus: 'Provisioning failed',
      message: failure.message,
    };
    return machine.power === 'creating' ? [failed] : [failed, power];
  }
  const provisioning = {
    code: `ProvisioningState/${thing.state.toLowerCase()}`,
    level: 'Info',
    displayStatus: thing.state,
  };
  return machine.power === 'creating' ? [provisioning] : [provisioning, power];
}

export function showDisk(world: World, thing: Stored): Record<string, unknown> {
  const user = [...world.machines].find(([, { disk }]) => disk.toLowerCase() === thing.id.toLowerCase());
  const vm = user && world.things.get(user[0]);
  return {
    location: thing.body.location,
    tags: thing.body.tags,
    ...(vm ? { managedBy: vm.id } : {}),
    sku: { name: properties(thing).sku },
    properties: {
      osType: 'Linux',
      diskSizeGB: IMAGE_GIB,
      creationData: { createOption: 'FromImage' },
      diskState: vm ? 'Attached' : 'Unattached',
      provisioningState: 'Succeeded',
    },
  };
}

/** How much of each quota is used, under the names of the list of usages. */
export function usagesIn(world: World, location: string): object[] {
  const used = (wanted: (vm: Stored, size: SizeEntry) => boolean) =>
    machinesIn(world, location).reduce((sum, { vm, size }) => sum + (wanted(vm, size) ? size.cores : 0), 0);
  const families = [...new Set(SIZES.map(({ family }) => family))];
  const { quotas } = world;
  return [
    usage(
      'cores',
      'Total Regional vCPUs',
      used((vm) => !isSpot(vm)),
      quotas.cores,
    ),
    usage('lowPriorityCores', 'Total Regional Low-priority vCPUs', used(isSpot), quotas.spotCores),
    usage('virtualMachines', 'Virtual Machines', machinesIn(world, location).length, quotas.machines),
    ...families.map((family) =>
      usage(
        family,
        `${family} vCPUs`,
        used((vm, size) => !isSpot(vm) && size.family === family),
        quotas.family,
      ),
    ),
  ];
}

function usage(value: string, localizedValue: string, currentValue: number, limit: number): object {
  return { unit: 'Count', currentValue, limit, name: { value, localizedValue } };
}

function checkQuotas(world: World, thing: Stored, size: SizeEntry): void {
  const spot = isSpot(thing);
  const mine = machinesIn(world, thing.body.location ?? '').filter(
    ({ vm }) => isSpot(vm) === spot && vm.id !== thing.id,
  );
  const cores = mine.reduce((sum, each) => sum + each.size.cores, size.cores);
  const family = mine
    .filter((each) => each.size.family === size.family)
    .reduce((sum, each) => sum + each.size.cores, size.cores);
  const over = spot ? cores > world.quotas.spotCores : cores > world.quotas.cores || family > world.quotas.family;
  if (!over) return;
  throw new Refusal(
    409,
    'OperationNotAllowed',
    `Operation could not be completed as it results in exceeding approved ${size.family} Cores quota.`,
  );
}

function machinesIn(world: World, location: string): { vm: Stored; size: SizeEntry }[] {
  return ofType(world, VM)
    .filter(({ body }) => body.location === location)
    .map((vm) => ({ vm, size: sizeOf(String(objectIn(properties(vm).hardwareProfile).vmSize)) }));
}

function isSpot(vm: Stored): boolean {
  return properties(vm).priority === 'Spot';
}

function checkUnchanged(present: Stored, thing: Stored): void {
  const data = (vm: Stored) => objectIn(properties(vm).osProfile).customData;
  if (data(present) === data(thing)) return;
  throw new Refusal(409, 'PropertyChangeNotAllowed', "Changing property 'osProfile.customData' is not allowed.");
}

function sizeOf(name: string): SizeEntry {
  const size = SIZES.find((each) => each.name === name);
  if (size) return size;
  throw bad('InvalidParameter', `The value ${name} provided for the VM size is not valid.`);
}

function checkInterfaces(world: World, thing: Stored, interfaces: readonly Record<string, unknown>[]): void {
  if (interfaces.length === 0)
    throw bad('VirtualMachineMustHaveAtLeastOneNetworkInterface', 'There is no network interface.');
  for (const { id } of interfaces) {
    const nic = seen(world, String(id));
    if (!nic) throw new Refusal(404, 'NotFound', `Resource ${id} not found.`);
    referred(world, id, thing.body.location);
    const user = machineOf(world, nic);
    if (user && user.id !== thing.id) throw new Refusal(409, 'NicInUse', `${id} is used by ${user.id}.`);
  }
}

function checkImage(thing: Stored, size: SizeEntry, { imageReference, osDisk }: Record<string, unknown>): void {
  const { publisher, offer, sku, version, id } = objectIn(imageReference);
  const { diskSizeGB, managedDisk } = objectIn(osDisk);
  if (typeof diskSizeGB === 'number' && diskSizeGB < IMAGE_GIB) {
    throw bad('ResizeDiskError', `The disk has ${diskSizeGB} GB, and its image ${IMAGE_GIB}.`);
  }
  if (String(objectIn(managedDisk).storageAccountType).startsWith('Premium') && !size.abilities.includes('PremiumIO')) {
    throw bad(
      'InvalidParameter',
      `Requested operation cannot be performed because the VM size ${size.name} does not support Premium.`,
    );
  }
  if (typeof id === 'string') return;
  const image = IMAGES.find((each) => each.publisher === publisher && each.offer === offer && each.sku === sku);
  if (!image || !(version === 'latest' || image.versions.includes(String(version)))) {
    throw new Refusal(
      404,
      'PlatformImageNotFound',
      `The platform image ${publisher}:${offer}:${sku}:${version} is not available.`,
    );
  }
  if (image.arch !== size.arch)
    throw bad('BadRequest', `The image is ${image.arch}, and ${size.name} is ${size.arch}.`);
  if (!size.generations.includes(image.generation))
    throw bad('BadRequest', `${size.name} cannot boot generation ${image.generation}.`);
  if (image.sold && !thing.body.plan) throw bad('VMMarketplaceInvalidInput', 'The plan of the image is not named.');
  const { securityType } = objectIn(properties(thing).securityProfile);
  if (securityType === 'TrustedLaunch' && (!image.trusted || size.abilities.includes('TrustedLaunchDisabled'))) {
    throw bad('BadRequest', 'The size or the image does not support trusted launch.');
  }
}

function checkSystem({ adminUsername, customData, linuxConfiguration, computerName }: Record<string, unknown>): void {
  if (['admin', 'root', 'user', 'test', 'guest'].includes(String(adminUsername)))
    throw bad('InvalidParameter', 'The Username is not allowed.');
  if (!/^[A-Za-z0-9]([A-Za-z0-9-]{0,62}[A-Za-z0-9])?$/.test(String(computerName))) {
    throw bad('InvalidParameter', `Linux host name ${computerName} is not valid.`);
  }
  const data = String(customData ?? '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(data))
    throw bad('InvalidParameter', 'Custom data in OSProfile must be in Base64 encoding.');
  if (Buffer.from(data, 'base64').length > 65_535)
    throw bad('InvalidParameter', 'Custom data in OSProfile is too long.');
  const { disablePasswordAuthentication, ssh } = objectIn(linuxConfiguration);
  if (!disablePasswordAuthentication) throw bad('InvalidParameter', 'Password authentication is not disabled.');
  for (const { path, keyData } of listIn(objectIn(ssh).publicKeys)) {
    if (path !== `/home/${adminUsername}/.ssh/authorized_keys`)
      throw bad('InvalidParameter', `Destination path for SSH public keys is ${path}.`);
    if (!/^ssh-(rsa|ed25519) AAAA/.test(String(keyData)))
      throw bad('InvalidParameter', 'The key is neither RSA nor ED25519.');
  }
}

function checkPlace(thing: Stored, size: SizeEntry): void {
  const { zones = [], location = '' } = thing.body;
  const { availabilitySet } = properties(thing);
  if (availabilitySet && zones.length > 0)
    throw bad('InvalidParameter', 'A zone and an availability set do not go together.');
  for (const zone of zones) {
    if (!LOCATIONS[location]?.zones.includes(zone))
      throw bad('AvailabilityZoneNotSupported', `${location} has no zone ${zone}.`);
  }
  const { barred = [] } = size;
  if (!barred.includes('location') && !zones.some((zone) => barred.includes(zone))) return;
  throw new Refusal(
    409,
    'SkuNotAvailable',
    `The requested VM size '${size.name}' is currently not available in '${location}'.`,
  );
}

function checkSpot(thing: Stored, size: SizeEntry): void {
  const { priority, evictionPolicy, billingProfile, availabilitySet, securityProfile } = properties(thing);
  const { encryptionAtHost } = objectIn(securityProfile);
  if (encryptionAtHost && !size.abilities.includes('EncryptionAtHostSupported'))
    throw bad('InvalidParameter', 'No encryption at host.');
  if (priority !== 'Spot') {
    if (evictionPolicy) throw bad('EvictionPolicyCanBeSetOnlyOnAzureSpotVirtualMachines', 'The priority is not Spot.');
    if (billingProfile) throw bad('MaxPriceIsSupportedOnlyForAzureSpotVirtualMachines', 'The priority is not Spot.');
    return;
  }
  if (availabilitySet)
    throw new Refusal(409, 'AzureSpotVMNotSupportedInAvailabilitySet', 'Azure Spot in an availability set.');
  if (!size.abilities.includes('LowPriorityCapable'))
    throw bad('AzureSpotIsNotSupportedForThisVMSize', `${size.name} cannot be Spot.`);
  const { maxPrice } = objectIn(billingProfile);
  if (maxPrice !== undefined && maxPrice !== -1 && !(Number(maxPrice) > 0))
    throw bad('MaxPriceValueInvalid', `${maxPrice}`);
  if (Number(maxPrice) > 0 && Number(maxPrice) < 0.0083) {
    throw new Refusal(
      409,
      'SpotPriceGreaterThanProvidedMaxPrice',
      'The provided max price is lower than the current Spot price.',
    );
  }
}

/** Azure keeps them for 180 s; here for a few operations. */
export function reserveInterfaces(world: World, thing: Stored): void {
  for (const { id } of listIn(objectIn(properties(thing).networkProfile).networkInterfaces)) {
    world.reserved.set(String(id).toLowerCase(), Date.now() + 5 * world.pace);
  }
}

function addressesIn(world: World, thing: Stored): string[] {
  return interfacesOf(world, thing).flatMap((nic) => addressesOf(world, nic));
}

function interfacesOf(world: World, thing: Stored): Stored[] {
  const interfaces = listIn(objectIn(properties(thing).networkProfile).networkInterfaces);
  return interfaces.flatMap(({ id }) => seen(world, String(id)) ?? []);
}

function diskId({ id, group }: Stored, name: string): string {
  return `${id.slice(0, id.indexOf(`/${group}/`))}/${group}/providers/Microsoft.Compute/disks/${name}`;
}
