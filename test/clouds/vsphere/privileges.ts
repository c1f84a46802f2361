import type { Asked } from './desk.ts';

/** vSphere Web Services API, "Required Privileges" of each method: what a user must have who is more than "Read-only". */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  CloneVM_Task: [
    'VirtualMachine.Inventory.CreateFromExisting',
    'VirtualMachine.Config.AddNewDisk',
    'Resource.AssignVMToPool',
    'Datastore.AllocateSpace',
    'Network.Assign',
  ],
  CreateImportSpec: ['VApp.Import'],
  ImportVApp: [
    'VApp.Import',
    'VirtualMachine.Inventory.Create',
    'Resource.AssignVMToPool',
    'Datastore.AllocateSpace',
    'Network.Assign',
  ],
  CustomizeVM_Task: ['VirtualMachine.Provisioning.Customize'],
  GetCustomizationSpec: ['VirtualMachine.Provisioning.ReadCustSpecs'],
  PowerOnVM_Task: ['VirtualMachine.Interact.PowerOn'],
  PowerOffVM_Task: ['VirtualMachine.Interact.PowerOff'],
  ShutdownGuest: ['VirtualMachine.Interact.PowerOff'],
  RebootGuest: ['VirtualMachine.Interact.Reset'],
  ResetVM_Task: ['VirtualMachine.Interact.Reset'],
  Destroy_Task: ['VirtualMachine.Inventory.Delete'],
  ReconfigVM_Task: [],
};

/** What a request that changes a machine's configuration needs for each thing in it. */
const CHANGES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/<annotation>/, ['VirtualMachine.Config.Annotation']],
  [/<numCPUs>/, ['VirtualMachine.Config.CPUCount']],
  [/<memoryMB>/, ['VirtualMachine.Config.Memory']],
  [/<extraConfig /, ['VirtualMachine.Config.AdvancedConfig']],
  [
    /<operation>add<\/operation><device xsi:type="VirtualVmxnet3"/,
    ['VirtualMachine.Config.AddRemoveDevice', 'Network.Assign'],
  ],
  [
    /<operation>edit<\/operation><device xsi:type="VirtualE1000"/,
    ['VirtualMachine.Config.EditDevice', 'Network.Assign'],
  ],
  [/<operation>edit<\/operation><device xsi:type="VirtualDisk"/, ['VirtualMachine.Config.DiskExtend']],
  [/<operation>remove<\/operation><device xsi:type="VirtualDisk"/, ['VirtualMachine.Config.RemoveDisk']],
];

/** What "Read-only" is enough for, or nothing. */
const LOOKS = /^(Retrieve|ContinueRetrieve|CreateContainerView|DestroyView|Login|Logout)/;

/** What the lease is enough for. */
const LEASED = /^HttpNfcLease|^POST nfc$/;

/**
 * @param isTemplate whether what is cloned is one, and not a machine
 * @throws Error for a method of which nobody has said what it needs
 */
export function privilegesFor({ method, body }: Asked, isTemplate: boolean): string[] {
  if (LOOKS.test(method) || LEASED.test(method)) return [];
  const own = METHODS[method];
  if (own === undefined) throw new Error(`What does ${method} need?`);
  const source = `VirtualMachine.Provisioning.${isTemplate ? 'DeployTemplate' : 'Clone'}`;
  const changes = CHANGES.filter(([form]) => form.test(body)).flatMap(([, privileges]) => privileges);
  return [...own, ...(method === 'CloneVM_Task' ? [source] : []), ...changes];
}
