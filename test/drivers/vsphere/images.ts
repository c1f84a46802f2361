import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { run } from '../../../src/program.ts';

/** A disk in VMware's format as qemu-img writes it. @returns its path */
export async function newDisk(folder: string, subformat = 'streamOptimized'): Promise<string> {
  const [raw, disk] = [join(folder, 'disk.raw'), join(folder, `${subformat}.vmdk`)];
  const script = `head -c 65536 /dev/urandom > ${raw} && truncate -s 64M ${raw} && qemu-img convert -O vmdk -o subformat=${subformat} ${raw} ${disk}`;
  const { code, stderr } = await run('sh', ['-c', script]);
  if (code !== 0) throw new Error(stderr);
  return disk;
}

/**
 * An OVA as distributions make them, with this disk.
 * @param put what is in it besides: files by their names, those of the same name in place of the usual
 */
export async function newOva(
  folder: string,
  from: string,
  put: Readonly<Record<string, string>> = {},
): Promise<string> {
  const disk = await readFile(from);
  const descriptor = descriptorOf(disk.length);
  const sums = [
    ['debian.ovf', descriptor],
    ['debian-disk1.vmdk', disk],
  ].map(
    ([name, content]) =>
      `SHA256(${name})= ${createHash('sha256')
        .update(content as Buffer)
        .digest('hex')}\n`,
  );
  const files = { 'debian.ovf': descriptor, 'debian.mf': sums.join(''), 'debian-disk1.vmdk': disk, ...put };
  const tar = pack();
  for (const [name, content] of Object.entries(files)) if (content !== '') tar.entry({ name }, content as string);
  tar.finalize();
  const path = join(folder, 'debian.ova');
  await pipeline(tar, createWriteStream(path));
  return path;
}

/** With two networks, and sections that nobody needs. */
export function descriptorOf(size: number): string {
  const item = (id: number, type: number, more: string) =>
    `<Item>${more}<rasd:InstanceID>${id}</rasd:InstanceID><rasd:ResourceType>${type}</rasd:ResourceType></Item>`;
  const named = (name: string) => `<rasd:ElementName>${name}</rasd:ElementName>`;
  const card = (network: string) =>
    `<rasd:Connection>${network}</rasd:Connection>${named(network)}<rasd:ResourceSubType>VmxNet3</rasd:ResourceSubType>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- made for a test -->
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
  xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
  xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData">
  <References><File ovf:href="debian-disk1.vmdk" ovf:id="file1" ovf:size="${size}"/></References>
  <DiskSection><Info>Disks &amp; such</Info><Disk ovf:capacity="64" ovf:capacityAllocationUnits="byte * 2^20"
    ovf:diskId="vmdisk1" ovf:fileRef="file1" ovf:format="x#streamOptimized"/></DiskSection>
  <NetworkSection><Info/><Network ovf:name="bridged"/><Network ovf:name="second"/></NetworkSection>
  <VirtualSystem ovf:id="debian">
    <Info/>
    <ProductSection><Info/><Product>Debian</Product></ProductSection>
    <OperatingSystemSection ovf:id="96"><Info/></OperatingSystemSection>
    <VirtualHardwareSection>
      <Info/>
      <System><vssd:ElementName>x</vssd:ElementName><vssd:InstanceID>0</vssd:InstanceID>
        <vssd:VirtualSystemType>vmx-13</vssd:VirtualSystemType></System>
      ${item(1, 3, `${named('cpu')}<rasd:VirtualQuantity>1</rasd:VirtualQuantity>`)}
      ${item(2, 4, `${named('memory')}<rasd:VirtualQuantity>1024</rasd:VirtualQuantity>`)}
      ${item(3, 6, `${named('scsi')}<rasd:ResourceSubType>lsilogic</rasd:ResourceSubType>`)}
      ${item(4, 17, `${named('disk')}<rasd:HostResource>ovf:/disk/vmdisk1</rasd:HostResource><rasd:Parent>3</rasd:Parent>`)}
      ${item(5, 10, card('bridged'))}
      ${item(6, 10, card('second'))}
    </VirtualHardwareSection>
  </VirtualSystem>
</Envelope>
`;
}
