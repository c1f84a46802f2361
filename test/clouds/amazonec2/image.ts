import { constants, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Site } from '../../../src/drivers/driver.ts';
import { type Image, keepImage } from '../../../src/drivers/qemu/image.ts';
import { obtainImage } from '../../../src/drivers/qemu/images.ts';
import { imageSource } from '../../../src/drivers/qemu/source.ts';
import { output } from '../../../src/program.ts';

/**
 * A Debian as it is on EC2: at each boot cloud-init's own units find out where they are, and ask there. The image that
 * the qemu driver builds has them off, for the sake of time; another (SLIPWAY_TEST_GUEST) is taken as it is.
 */
export async function ec2Image(site: Site): Promise<Image> {
  const base = await obtainImage(site, imageSource(process.env.SLIPWAY_TEST_GUEST ?? 'build'), 'x86_64');
  const { kernel } = base;
  if (kernel === undefined) return base;
  return keepImage(site, `ec2-${base.folder.split('-').at(-1)}-1`, async (draft) => {
    const { folder: _, ...content } = base;
    for (const file of [base.disk.file, kernel.file, kernel.initrd]) {
      await copyFile(join(base.folder, file), join(draft, file), constants.COPYFILE_FICLONE);
    }
    await change(join(draft, base.disk.file));
    return { ...content, origin: `${base.origin}, as it is on EC2` };
  });
}

/** Masks and replacements of Debian's own units. */
const OFF = [
  '/etc/systemd/system-generators/cloud-init-generator',
  '/etc/systemd/system/cloud-init-local.service',
  '/etc/systemd/system/cloud-init.service',
  '/etc/systemd/system/cloud-final.service',
];

/** Modules as in the image's own settings: each costs seconds where the processor is emulated. */
const SETTINGS = `datasource_list: [NoCloud, Ec2, None]
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

/** Of the guests' network; see guest.ts. */
const RESOLVER = 'nameserver 169.254.0.3\n';

/** Writes into the file system without mounting it. @throws SlipwayError `program-failed` */
async function change(disk: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-ec2-'));
  try {
    await writeFile(join(folder, 'settings'), SETTINGS);
    await writeFile(join(folder, 'resolver'), RESOLVER);
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
