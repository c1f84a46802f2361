import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { SlipwayError } from '../../errors.ts';
import type { Image } from './image.ts';

/**
 * A disk of its own, as distributions make them for clouds. The machine around it has what they all know.
 * @param start its first 512 bytes: the header, little-endian, by VMware's "Virtual Disk Format 5.0"
 * @throws SlipwayError `bad-input` where it is not one that can be sent as it is
 */
export async function openVmdk(path: string, start: Buffer): Promise<Image> {
  const { size } = await stat(path);
  const compressed = start.length === 512 && (start.readUInt32LE(8) & COMPRESSED) !== 0;
  if (!compressed) {
    throw new SlipwayError('bad-input', `The disk "${path}" is not of the kind that is made to be sent`, {
      hint: `Convert it: ${conversion(path)}`,
    });
  }
  const capacity = Number(start.readBigUInt64LE(12)) * SECTOR;
  return {
    descriptor: descriptorOf(capacity, size),
    size,
    async *files() {
      yield { name: DISK, size, content: createReadStream(path) };
    },
  };
}

/** The command that makes such a disk of one that qemu-img knows. */
export function conversion(from: string): string {
  return `qemu-img convert -O vmdk -o subformat=streamOptimized,adapter_type=lsilogic ${from} TO.vmdk`;
}

/** The flag of a header that says that what follows is compressed: streamOptimized. */
const COMPRESSED = 1 << 16;
const SECTOR = 512;
const DISK = 'disk.vmdk';

/** Of hardware that a vSphere 6.5 has, with a disk and a card for which every Linux has a driver. */
function descriptorOf(capacity: number, size: number): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
  xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
  xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData"
  xmlns:vmw="http://www.vmware.com/schema/ovf">
  <References><File ovf:href="${DISK}" ovf:id="file1" ovf:size="${size}"/></References>
  <DiskSection>
    <Info>Disks</Info>
    <Disk ovf:capacity="${capacity}" ovf:capacityAllocationUnits="byte" ovf:diskId="disk1" ovf:fileRef="file1"
      ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>
  </DiskSection>
  <NetworkSection><Info>Networks</Info><Network ovf:name="network"><Description>The first</Description></Network></NetworkSection>
  <VirtualSystem ovf:id="machine">
    <Info>A machine</Info>
    <OperatingSystemSection ovf:id="101" vmw:osType="other3xLinux64Guest"><Info>Linux</Info></OperatingSystemSection>
    <VirtualHardwareSection>
      <Info>Hardware</Info>
      <System>
        <vssd:ElementName>Virtual Hardware Family</vssd:ElementName>
        <vssd:InstanceID>0</vssd:InstanceID>
        <vssd:VirtualSystemType>vmx-13</vssd:VirtualSystemType>
      </System>
      <Item>
        <rasd:ElementName>processors</rasd:ElementName>
        <rasd:InstanceID>1</rasd:InstanceID>
        <rasd:ResourceType>3</rasd:ResourceType>
        <rasd:VirtualQuantity>1</rasd:VirtualQuantity>
      </Item>
      <Item>
        <rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits>
        <rasd:ElementName>memory</rasd:ElementName>
        <rasd:InstanceID>2</rasd:InstanceID>
        <rasd:ResourceType>4</rasd:ResourceType>
        <rasd:VirtualQuantity>1024</rasd:VirtualQuantity>
      </Item>
      <Item>
        <rasd:ElementName>controller</rasd:ElementName>
        <rasd:InstanceID>3</rasd:InstanceID>
        <rasd:ResourceSubType>VirtualSCSI</rasd:ResourceSubType>
        <rasd:ResourceType>6</rasd:ResourceType>
      </Item>
      <Item>
        <rasd:AddressOnParent>0</rasd:AddressOnParent>
        <rasd:ElementName>disk</rasd:ElementName>
        <rasd:HostResource>ovf:/disk/disk1</rasd:HostResource>
        <rasd:InstanceID>4</rasd:InstanceID>
        <rasd:Parent>3</rasd:Parent>
        <rasd:ResourceType>17</rasd:ResourceType>
      </Item>
      <Item>
        <rasd:AutomaticAllocation>true</rasd:AutomaticAllocation>
        <rasd:Connection>network</rasd:Connection>
        <rasd:ElementName>card</rasd:ElementName>
        <rasd:InstanceID>5</rasd:InstanceID>
        <rasd:ResourceSubType>VmxNet3</rasd:ResourceSubType>
        <rasd:ResourceType>10</rasd:ResourceType>
      </Item>
    </VirtualHardwareSection>
  </VirtualSystem>
</Envelope>
`;
}
