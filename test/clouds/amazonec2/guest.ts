import { spawn } from 'node:child_process';
import { chmod, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chooseAccelerator } from '../../../src/drivers/qemu/accelerator.ts';
import { hostfwd, published } from '../../../src/drivers/qemu/forwards.ts';
import { guestName, guestsOf } from '../../../src/drivers/qemu/guest.ts';
import type { Image } from '../../../src/drivers/qemu/image.ts';
import { withMonitor } from '../../../src/drivers/qemu/qmp.ts';
import { endGuest, guestGone } from '../../../src/drivers/qemu/quit.ts';
import { waitFor } from '../../../src/poll.ts';
import { output } from '../../../src/program.ts';
import { newSite, sharedImages } from '../../drivers/site.ts';
import { type Guest, portsAt } from '../guests.ts';
import { ec2Image } from './image.ts';

/** What an instance must be told apart by, from outside and from within. */
export interface Instance {
  readonly id: string;
  /** Its private address, of this computer: ports 22 and 2376 lead into it. */
  readonly private: string;
  readonly mac: string;
  readonly type: string;
  /** The port of this computer at which the metadata service is, for who asks from the private address. */
  readonly metadata: number;
}

const PROGRAM = 'qemu-system-x86_64';
const START_LIMIT = 90_000;
const STOP_LIMIT = 90_000;

/**
 * Makes the machine of an instance, and switches it on. It has nothing but what EC2 gives: a board that says whose it is,
 * and the metadata service at 169.254.169.254. That address must be in QEMU's network, so all of it is link-local.
 */
export async function newInstanceGuest(instance: Instance): Promise<Guest> {
  const place = await newSite({ cache: sharedImages });
  const { folder } = place.site;
  const image = await ec2Image(place.site);
  await mkdir(folder, { recursive: true });
  const backing = ['-F', image.disk.format, '-b', join(image.folder, image.disk.file)];
  await output('qemu-img', ['create', '-q', '-f', 'qcow2', ...backing, join(folder, 'disk.qcow2'), '20G']);
  await chmod(join(folder, 'disk.qcow2'), 0o600);
  const key = `slipway-guest-${instance.id}`;
  const socket = join(folder, 'qmp');
  const start = async () => boot(folder, socket, [...(await argsOf(key, instance, image))]);
  await start();
  return {
    start,
    async stop() {
      const press = () => withMonitor(socket, (ask) => ask('system_powerdown')).catch(() => undefined);
      await press();
      const pressing = setInterval(press, 5000);
      await guestGone(key, STOP_LIMIT).finally(() => clearInterval(pressing));
    },
    isRunning: async () => (await guestsOf(key)).length > 0,
    async remove() {
      await endGuest(key, socket);
      await place.remove();
    },
  };
}

async function boot(folder: string, socket: string, args: readonly string[]): Promise<void> {
  const log = await open(join(folder, 'qemu.log'), 'a');
  try {
    const child = spawn(PROGRAM, args, { cwd: folder, detached: true, stdio: ['ignore', log.fd, log.fd] });
    child.unref();
    const ended = new Promise<never>((_, reject) => {
      child.once('exit', (code) => reject(new Error(`QEMU ended with ${code}: see "${folder}/qemu.log"`)));
      child.once('error', reject);
    });
    ended.catch(() => undefined);
    const answers = () => withMonitor(socket, async () => true).catch(() => undefined);
    await Promise.race([ended, waitFor({ what: 'QEMU to answer', limit: START_LIMIT, pause: 200 }, answers)]);
  } finally {
    await log.close();
  }
}

async function argsOf(key: string, instance: Instance, image: Image): Promise<string[]> {
  const { args: accelerator } = await chooseAccelerator('auto', 'x86_64', PROGRAM);
  return [
    ['-name', guestName(key), '-machine', 'q35', ...accelerator, '-smp', '1', '-m', '768'],
    ['-nodefaults', '-no-user-config', '-display', 'none'],
    ['-smbios', board(instance)],
    ...(image.kernel
      ? [['-kernel', join(image.folder, image.kernel.file), '-initrd', join(image.folder, image.kernel.initrd)]]
      : []),
    ...(image.kernel ? [['-append', 'root=/dev/vda rw console=ttyS0']] : []),
    ['-drive', 'file=disk.qcow2,if=none,id=disk,format=qcow2,discard=unmap', '-device', 'virtio-blk-pci,drive=disk'],
    ['-netdev', network(instance), '-device', `virtio-net-pci,netdev=net,romfile=,mac=${instance.mac}`],
    ['-device', 'virtio-rng-pci'],
    ['-chardev', 'file,id=console,path=console.log,append=on', '-serial', 'chardev:console'],
    ['-qmp', 'unix:qmp,server=on,wait=off'],
  ].flat();
}

/** By this cloud-init knows EC2 ("Detect whether a host is an EC2 instance" in AWS's user guide). */
function board({ id, type }: Instance): string {
  const digits = Buffer.from(id).toString('hex').slice(-29);
  const uuid = `ec2${digits}`.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return `type=1,manufacturer=Amazon EC2,product=${type},uuid=${uuid},serial=${uuid}`;
}

function network({ private: address, metadata }: Instance): string {
  const pipe = fileURLToPath(new URL('pipe.py', import.meta.url));
  const python = process.env.SLIPWAY_TEST_PYTHON ?? 'python3';
  return [
    ['user', 'id=net', 'net=169.254.0.0/16', 'host=169.254.0.2', 'dns=169.254.0.3', 'dhcpstart=169.254.1.15'],
    [`guestfwd=tcp:169.254.169.254:80-cmd:${python} -S "${pipe}" ${address} ${metadata}`],
    portsAt(address).map(published).map(hostfwd),
  ]
    .flat()
    .join(',');
}
