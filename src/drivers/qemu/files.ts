import { join } from 'node:path';

/** The names of all files in a machine's folder; docs/internals.md says what each is for. */
export function filesOf(folder: string) {
  return {
    folder,
    definition: join(folder, 'definition.json'),
    disk: join(folder, 'disk.qcow2'),
    seed: join(folder, 'seed'),
    instance: join(folder, 'instance.json'),
    socket: join(folder, 'qmp'),
    console: join(folder, 'console.log'),
    log: join(folder, 'qemu.log'),
  };
}

export type MachineFiles = ReturnType<typeof filesOf>;
