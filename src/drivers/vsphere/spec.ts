import { gzipSync } from 'node:zlib';
import { SlipwayError } from '../../errors.ts';
import type { Facts, Network } from './facts.ts';
import { notesOf } from './labels.ts';
import type { Place } from './place.ts';
import { at, optional, refXml, textAt, typed, typeOf, withChild, type Xml, xml } from './xml.ts';

/** What CloneVM_Task takes. The machine has its labels from its first moment, and stays off. */
export function cloneWords(place: Place, facts: Facts, key: string): Xml[] {
  const location = xml('location', [
    optional(facts.datastore, ({ ref }) => refXml('datastore', ref)),
    refXml('pool', facts.pool),
    optional(facts.host, ({ ref }) => refXml('host', ref)),
  ]);
  const config = xml('config', [xml('annotation', notesFor(place, key))]);
  const spec = xml('spec', [location, xml('template', false), config, xml('powerOn', false)]);
  return [refXml('folder', facts.folder), xml('name', key), spec];
}

/** What ImportVApp takes: what vSphere has made of a descriptor, with the notes. */
export function importWords(planned: Xml, notes: string, facts: Facts): (Xml | undefined)[] {
  const config = at(planned, 'configSpec') as Xml;
  const spec = withChild(planned, withNotes(config, notes));
  return [
    { ...spec, name: 'spec' },
    refXml('folder', facts.folder),
    optional(facts.host, ({ ref }) => refXml('host', ref)),
  ];
}

function withNotes(config: Xml, notes: string): Xml {
  const others = config.children.filter(({ name }) => name !== 'annotation');
  const from = others.findIndex(({ name }) => !BEFORE_NOTES.has(name));
  const place = from < 0 ? others.length : from;
  return { ...config, children: [...others.slice(0, place), xml('annotation', notes), ...others.slice(place)] };
}

/** In the schema's order of VirtualMachineConfigSpec. */
const BEFORE_NOTES = new Set([
  ...['changeVersion', 'name', 'version', 'createDate', 'uuid', 'instanceUuid', 'npivNodeWorldWideName'],
  ...['npivPortWorldWideName', 'npivWorldWideNameType', 'npivDesiredNodeWwns', 'npivDesiredPortWwns'],
  ...[
    'npivTemporaryDisabled',
    'npivOnNonRdmDisks',
    'npivWorldWideNameOp',
    'locationId',
    'guestId',
    'alternateGuestName',
  ],
]);

/** Whose the machine is, for its notes. */
export function notesFor({ site }: Place, key: string): string {
  return notesOf({ ...site.labels, 'slipway-key': key });
}

/**
 * What ReconfigVM_Task takes: what makes of a clone the machine that was asked for.
 * @param devices those that it has now
 */
export function configWords(place: Place, facts: Facts, key: string, devices: readonly Xml[]): Xml[] {
  const { settings, site } = place;
  const changes = [...cardChanges(devices, facts.networks), ...diskChanges(devices, settings.disk)];
  const guest = settings.hostKey === undefined ? guestInfo(key, site.machine, site.bootstrap?.userData) : {};
  const parameters = { ...settings.parameters, ...guest };
  const spec = xml('spec', [
    xml('annotation', notesFor(place, key)),
    xml('numCPUs', settings.cpus),
    xml('memoryMB', settings.memory),
    ...changes,
    ...Object.entries(parameters).map(([name, value]) => optionXml(name, value)),
  ]);
  return [spec];
}

function optionXml(key: string, value: string): Xml {
  return typed('extraConfig', 'OptionValue', [xml('key', key), typed('value', 'xsd:string', value)]);
}

/** docs.cloud-init.io, "VMware": what the data source reads of the machine's configuration. */
function guestInfo(key: string, host: string, userData: string | undefined): Record<string, string> {
  const metadata = JSON.stringify({ 'instance-id': key, 'local-hostname': host });
  const user = userDataOf(userData);
  return {
    'guestinfo.metadata': Buffer.from(metadata).toString('base64'),
    'guestinfo.metadata.encoding': 'base64',
    'guestinfo.userdata': user.text,
    'guestinfo.userdata.encoding': user.encoding,
  };
}

/** What one setting may have, which has been tried; beyond it the Tools' channel to the guest fails. */
const LONGEST = 64 * 1024 - 1024;
/** What goes as it is, so that people can read it. */
const SHORT = 24 * 1024;

/** @throws SlipwayError `bad-input` for what is too long */
export function userDataOf(document: string | undefined): { readonly text: string; readonly encoding: string } {
  if (document === undefined) {
    throw new SlipwayError('failed', 'A machine can be made only with what its first boot needs');
  }
  if (Buffer.byteLength(document) <= SHORT)
    return { text: Buffer.from(document).toString('base64'), encoding: 'base64' };
  const text = gzipSync(document).toString('base64');
  if (text.length <= LONGEST) return { text, encoding: 'gzip+base64' };
  const kib = Math.ceil(text.length / 1024);
  throw new SlipwayError(
    'bad-input',
    `The user data has ${kib} KiB when compressed; vSphere hands on ${LONGEST / 1024}`,
    {
      hint: 'Let --cloud-init fetch what is large.',
    },
  );
}

/** The cards that there are are put into the networks in their order; where there are more networks, so are cards. */
function cardChanges(devices: readonly Xml[], networks: readonly Network[]): Xml[] {
  const cards = devices.filter((device) => at(device, 'macAddress') !== undefined);
  return networks.map((network, index) => {
    const card = cards[index];
    if (card === undefined) return change('add', newCard(network, index));
    return change('edit', asDevice(withChild(card, backingOf(network))));
  });
}

function newCard(network: Network, index: number): Xml {
  const connectable = xml('connectable', [
    xml('startConnected', true),
    xml('allowGuestControl', true),
    xml('connected', true),
  ]);
  return typed('device', 'VirtualVmxnet3', [
    xml('key', -100 - index), // as every new device of a request: negative, and its own
    backingOf(network),
    connectable,
    xml('addressType', 'generated'),
  ]);
}

function backingOf({ item, port }: Network): Xml {
  if (port === undefined) {
    return typed('backing', 'VirtualEthernetCardNetworkBackingInfo', [xml('deviceName', item.name)]);
  }
  const words = [xml('switchUuid', port.switchId), xml('portgroupKey', port.group)];
  return typed('backing', 'VirtualEthernetCardDistributedVirtualPortBackingInfo', [xml('port', words)]);
}

/** A disk can only grow. */
function diskChanges(devices: readonly Xml[], wanted: number): Xml[] {
  const disk = devices.find((device) => typeOf(device) === 'VirtualDisk');
  if (disk === undefined || Number(textAt(disk, 'capacityInKB')) >= wanted * 1024) return [];
  const bytes = xml('capacityInBytes', wanted * 1024 * 1024);
  const grown = withChild(withChild(disk, xml('capacityInKB', wanted * 1024)), bytes);
  return [change('edit', asDevice(grown))];
}

/** Takes devices away from the machine, and leaves the files behind them as they are. */
export function detachWords(devices: readonly Xml[]): Xml[] {
  return [
    xml(
      'spec',
      devices.map((device) => change('remove', asDevice(device))),
    ),
  ];
}

function change(operation: 'add' | 'edit' | 'remove', device: Xml): Xml {
  return typed('deviceChange', 'VirtualDeviceConfigSpec', [xml('operation', operation), device]);
}

/** What was read as one of a list, to be written as the device of a change. */
function asDevice(device: Xml): Xml {
  return { ...device, name: 'device', attributes: { 'xsi:type': typeOf(device) } };
}
