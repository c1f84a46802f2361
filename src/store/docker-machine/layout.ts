import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Layout, layout, type MachineLayout } from '../layout.ts';

/** docker-machine's store: what was asked for, else MACHINE_STORAGE_PATH, else ~/.docker/machine. Absolute. */
export function dockerMachineFolder(asked: string | undefined, env: NodeJS.ProcessEnv): string {
  return resolve(asked || env.MACHINE_STORAGE_PATH || join(env.HOME || homedir(), '.docker', 'machine'));
}

/**
 * docker-machine's store in its own layout: whoever reads its files finds them where they were. What only we need is in a
 * hidden folder, and each record is in its config.json.
 */
export function dockerMachineLayout(root: string): Layout {
  const own = layout(join(root, '.slipway'));
  const machines = join(root, 'machines');
  const certs = join(root, 'certs');
  return {
    ...own,
    root,
    machines,
    oldCerts: {
      ca: join(certs, 'ca.pem'),
      caKey: join(certs, 'ca-key.pem'),
      clientCert: join(certs, 'cert.pem'),
      clientKey: join(certs, 'key.pem'),
    },
    machine: (name) => machineLayout(own.machine(name), join(machines, name)),
  };
}

function machineLayout(own: MachineLayout, folder: string): MachineLayout {
  const moved = Object.entries(own).map(([key, path]) => [key, path.replace(own.folder, folder)]);
  return {
    ...(Object.fromEntries(moved) as unknown as MachineLayout),
    record: join(folder, 'config.json'),
    identity: join(folder, 'id_rsa'),
    publicKey: join(folder, 'id_rsa.pub'),
    certs: folder,
    ca: join(folder, 'ca.pem'),
    clientCert: join(folder, 'cert.pem'),
    clientKey: join(folder, 'key.pem'),
  };
}
