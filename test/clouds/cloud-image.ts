import { constants, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Image } from '../../src/drivers/qemu/image.ts';
import { output } from '../../src/program.ts';

/** How a Debian finds out what it is to be, on a cloud that it asks for that. */
export interface Asking {
  /** As cloud-init calls whom it asks. */
  readonly datasources: string;
  /** The address of a name server, which may have nothing to say. */
  readonly resolver: string;
}

/**
 * Makes a copy of an image that the qemu driver builds, in which at each boot cloud-init's own units find out where they are,
 * and ask there: they are off in that, for the sake of time.
 */
export async function copyForCloud({ folder, disk, kernel }: Image, draft: string, asking: Asking): Promise<void> {
  for (const file of [disk.file, ...(kernel ? [kernel.file, kernel.initrd] : [])]) {
    await copyFile(join(folder, file), join(draft, file), constants.COPYFILE_FICLONE);
  }
  await change(join(draft, disk.file), asking);
}

/** Masks and replacements of Debian's own units. */
const OFF = [
  '/etc/systemd/system-generators/cloud-init-generator',
  '/etc/systemd/system/cloud-init-local.service',
  '/etc/systemd/system/cloud-init.service',
  '/etc/systemd/system/cloud-final.service',
];

/** Modules as in the image's own settings: each costs seconds where the processor is emulated. */
const settings = ({ datasources }: Asking) => `datasource_list: [${datasources}, None]
network: {config: disabled}
disable_root: true
preserve_hostname: false
users: []
ssh_genkeytypes: [ed25519]
cloud_init_modules: [bootcmd, write-files, resizefs, set_hostname, update_etc_hosts, users-groups, ssh, runcmd]
cloud_config_modules: []
cloud_final_modules: [scripts-user, final-message]
system_info:
  distro: debian
  ssh_svcname: ssh
  paths: {cloud_dir: /var/lib/cloud/, templates_dir: /etc/cloud/templates/}
`;

/** Writes into the file system without mounting it. @throws SlipwayError `program-failed` */
async function change(disk: string, asking: Asking): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-image-'));
  try {
    await writeFile(join(folder, 'settings'), settings(asking));
    await writeFile(join(folder, 'resolver'), `nameserver ${asking.resolver}\n`);
    const put = (name: string, to: string) => [`rm ${to}`, `write ${join(folder, name)} ${to}`];
    const words = [
      ...OFF.map((path) => `rm ${path}`),
      ...put('settings', '/etc/cloud/cloud.cfg'),
      ...put('resolver', '/etc/resolv.conf'),
    ];
    await writeFile(join(folder, 'commands'), `${words.join('\n')}\n`);
    const PATH = [process.env.PATH ?? '', '/usr/sbin', '/sbin'].join(delimiter);
    await output('debugfs', ['-w', '-f', join(folder, 'commands'), disk], { env: { ...process.env, PATH } });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
