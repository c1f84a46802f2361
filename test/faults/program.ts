import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Checkpoint } from './checkpoint.ts';
import { unbundled } from './unbundled.ts';
import type { World } from './world.ts';

/**
 * The environment of somebody in this world who has `slipway` among their programs; every machine that it makes goes on
 * where the one of the checkpoint was stopped.
 */
export async function withProgram(world: World, from: Checkpoint): Promise<NodeJS.ProcessEnv> {
  const folder = join(world.home, 'bin');
  const file = join(folder, 'slipway');
  await mkdir(folder);
  const words = [process.execPath, '--import', resolve('test/faults/recorded.mjs'), await unbundled()];
  await writeFile(file, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`);
  await chmod(file, 0o755);
  return {
    ...world.env,
    PATH: `${folder}:${world.env.PATH}`,
    SLIPWAY_CHECKPOINT: from.folder,
    SLIPWAY_DRIVER: 'qemu',
    SLIPWAY_QEMU_IMAGE: 'build',
  };
}
