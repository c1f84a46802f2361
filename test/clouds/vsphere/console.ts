import { newVsphere } from '../../../src/drivers/vsphere/client.ts';
import { restOf } from '../../../src/drivers/vsphere/rest.ts';
import { carriedOut } from '../../../src/drivers/vsphere/tasks.ts';
import { type Ref, refOf, refXml, textAt, typed, typeOf, xml } from '../../../src/drivers/vsphere/xml.ts';
import { newMemory } from '../../../src/memory.ts';
import { certificate } from './certificate.ts';

/** What somebody does in the vSphere client. */
export interface Console {
  turnOff(id: string): Promise<void>;
  /** Deletes a machine that is off. */
  vanish(id: string): Promise<void>;
  rename(id: string, name: string): Promise<void>;
  clone(id: string, name: string): Promise<string>;
  /** Makes a disk in a file of its own, "[LocalDS_0] data/own.vmdk", and attaches it. */
  attach(id: string, folder: string, file: string): Promise<void>;
  makeFolder(folder: string): Promise<void>;
  /** Deletes a folder of a datastore with what is in it. */
  deleteFolder(folder: string): Promise<void>;
  /** Keeps a customization specification for Linux. */
  customization(name: string): Promise<void>;
  /** Puts an item into a content library, with this descriptor where it is an OVF template. */
  shelve(library: string, item: string, descriptor?: string): Promise<void>;
}

/** @param simulator where it is itself, to which files are sent */
export function newConsole(port: number, simulator: string): Console {
  const server = async () => {
    const thumbprint = (await certificate()).thumbprint.replaceAll(':', '');
    return { host: '127.0.0.1', port, thumbprint };
  };
  const vsphere = async () => newVsphere(await server(), { memory: newMemory() });
  return {
    async turnOff(id) {
      await carriedOut(await vsphere(), 'PowerOffVM_Task', machine(id));
    },
    async vanish(id) {
      await carriedOut(await vsphere(), 'Destroy_Task', machine(id));
    },
    async rename(id, name) {
      await carriedOut(await vsphere(), 'Rename_Task', machine(id), [xml('newName', name)]);
    },
    async clone(id, name) {
      const client = await vsphere();
      const [found] = await client.read({ VirtualMachine: ['parent', 'resourcePool', 'config.annotation'] }, [
        machine(id),
      ]);
      const { parent, resourcePool, 'config.annotation': notes } = found?.properties ?? {};
      if (!parent || !resourcePool) throw new Error(`There is no machine ${id}`);
      const config = xml('config', [xml('annotation', notes?.text ?? '')]);
      const spec = [
        xml('location', [refXml('pool', refOf(resourcePool))]),
        xml('template', false),
        config,
        xml('powerOn', false),
      ];
      const words = [refXml('folder', refOf(parent)), xml('name', name), xml('spec', spec)];
      return (await carriedOut(client, 'CloneVM_Task', machine(id), words))?.id ?? '';
    },
    async attach(id, folder, file) {
      const client = await vsphere();
      const disks = await client.service('virtualDiskManager');
      await this.makeFolder(folder);
      const kind = [xml('diskType', 'thin'), xml('adapterType', 'lsiLogic'), xml('capacityKb', 1024)];
      const spec = typed('spec', 'FileBackedVirtualDiskSpec', kind);
      const words = [xml('name', file), refXml('datacenter', DATACENTER), spec];
      await carriedOut(client, 'CreateVirtualDisk_Task', disks, words);
      const [found] = await client.read({ VirtualMachine: ['config.hardware.device'] }, [machine(id)]);
      const devices = found?.properties['config.hardware.device']?.children ?? [];
      const controller = textAt(
        devices.find((device) => typeOf(device) === 'VirtualDisk'),
        'controllerKey',
      );
      const device = typed('device', 'VirtualDisk', [
        xml('key', -1),
        typed('backing', 'VirtualDiskFlatVer2BackingInfo', [xml('fileName', file), xml('diskMode', 'persistent')]),
        xml('controllerKey', controller),
        xml('unitNumber', 5),
        xml('capacityInKB', 1024),
      ]);
      const change = typed('deviceChange', 'VirtualDeviceConfigSpec', [xml('operation', 'add'), device]);
      await carriedOut(client, 'ReconfigVM_Task', machine(id), [xml('spec', [change])]);
    },
    async makeFolder(folder) {
      const client = await vsphere();
      const words = [xml('name', folder), refXml('datacenter', DATACENTER)];
      await client.call('MakeDirectory', await client.service('fileManager'), words);
    },
    async deleteFolder(folder) {
      const client = await vsphere();
      const manager = await client.service('fileManager');
      const words = [xml('name', folder), refXml('datacenter', DATACENTER)];
      await carriedOut(client, 'DeleteDatastoreFile_Task', manager, words);
    },
    async customization(name) {
      const client = await vsphere();
      const identity = typed('identity', 'CustomizationLinuxPrep', [
        typed('hostName', 'CustomizationVirtualMachineName', []),
        xml('domain', 'example.com'),
      ]);
      const adapter = xml('adapter', [typed('ip', 'CustomizationDhcpIpGenerator', [])]);
      const spec = xml('spec', [
        typed('options', 'CustomizationLinuxOptions', []),
        identity,
        xml('globalIPSettings'),
        xml('nicSettingMap', [adapter]),
      ]);
      const info = xml('info', [xml('name', name), xml('description', ''), xml('type', 'Linux')]);
      await client.call('CreateCustomizationSpec', await client.service('customizationSpecManager'), [
        xml('item', [info, spec]),
      ]);
    },
    async shelve(library, item, descriptor) {
      const rest = await restOf(await server(), newMemory());
      const make = async (path: string, spec: object, key = 'create_spec') =>
        rest.ask({ method: 'POST', path, body: { [key]: spec }, repeatable: false }, undefined);
      const [{ ref } = { ref: undefined }] = await (await vsphere()).list({ Datastore: ['name'] });
      const storage_backings = [{ type: 'DATASTORE', datastore_id: ref?.id }];
      const shelf = await make('/com/vmware/content/local-library', { name: library, type: 'LOCAL', storage_backings });
      const type = descriptor === undefined ? 'iso' : 'ovf';
      const id = await make('/com/vmware/content/library/item', { name: item, library_id: shelf, type });
      if (descriptor === undefined) return;
      const session = await make('/com/vmware/content/library/item/update-session', { library_item_id: id });
      const path = `/com/vmware/content/library/item/updatesession/file/id:${session}?~action=add`;
      const added = await make(path, { name: 'item.ovf', source_type: 'PUSH' }, 'file_spec');
      const { upload_endpoint: to } = added as { upload_endpoint: { uri: string } };
      const url = `http://${simulator}${new URL(to.uri).pathname}`;
      const headers = { 'vmware-api-session-id': String(session) };
      const answer = await fetch(url, { method: 'PUT', headers, body: descriptor });
      if (!answer.ok) throw new Error(`The library took no file: ${answer.status}`);
    },
  };
}

/** Of the simulator's inventory. */
const DATACENTER: Ref = { type: 'Datacenter', id: 'datacenter-2' };

function machine(id: string): Ref {
  return { type: 'VirtualMachine', id };
}
