import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { builtImage } from '../../../src/drivers/qemu/build.ts';
import { keepImage } from '../../../src/drivers/qemu/image.ts';
import { hostArch } from '../../../src/drivers/qemu/settings.ts';
import { output } from '../../../src/program.ts';
import { newSite, sharedImages } from '../../drivers/site.ts';
import { copyForCloud } from '../cloud-image.ts';

/** The folder of the image that the tests build, as it is on OpenStack: root.qcow2, vmlinuz and initrd. */
export async function guestImage(): Promise<string> {
  const { site, remove } = await newSite({ cache: sharedImages });
  try {
    const base = await builtImage(site, true, hostArch());
    const { folder } = await keepImage(site, `openstack-${base.folder.split('-').at(-1)}-1`, async (draft) => {
      await copyForCloud(base, draft, { datasources: 'OpenStack', resolver: RESOLVER });
      const [disk, file] = [join(draft, base.disk.file), 'root.qcow2'];
      await output('qemu-img', ['convert', '-O', 'qcow2', disk, join(draft, file)]);
      await rm(disk);
      const { folder: _, ...content } = base;
      return { ...content, origin: `${base.origin}, as it is on OpenStack`, disk: { file, format: 'qcow2' } };
    });
    return folder;
  } finally {
    await remove();
  }
}

/** Nobody has names to tell there, and this says so at once: the guest itself. */
const RESOLVER = '127.0.0.1';
