import { chmod, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import { createFile, makeFolder } from '../../files.ts';
import { output } from '../../program.ts';
import type { Part, Site } from '../driver.ts';
import { readDefinition, writeDefinition } from './definition.ts';
import { filesOf } from './files.ts';
import { obtainImage } from './images.ts';
import type { Settings } from './settings.ts';

/**
 * The machine's folder: its disk, its first boot's settings, its definition. It is filled beside its place, in a folder
 * with the key in its name, and put there as a whole; removed the same way back. So whatever is there says whose it is.
 */
export function diskPart(settings: Settings, site: Site): Part {
  const { folder } = site;
  return {
    kind: 'disk',
    async create(key) {
      const image = await obtainImage(site, settings.image, settings.arch);
      await discard(draftOf(folder, key));
      await fill(draftOf(folder, key), key, { ...settings, image }, site);
      await rename(draftOf(folder, key), folder);
      return key;
    },
    async find(key) {
      return (await isIn(folder, key)) || (await isThere(draftOf(folder, key))) ? key : undefined;
    },
    async destroy(id) {
      if (await isIn(folder, id)) await rename(folder, draftOf(folder, id));
      await discard(draftOf(folder, id));
    },
  };
}

type Filling = Omit<Settings, 'image'> & { readonly image: Awaited<ReturnType<typeof obtainImage>> };

async function fill(folder: string, key: string, { image, ...settings }: Filling, site: Site): Promise<void> {
  const files = filesOf(folder);
  const { bootstrap } = site;
  if (!bootstrap) throw new SlipwayError('failed', 'A machine can be made only with what its first boot needs');
  await makeFolder(dirname(folder));
  await mkdir(folder, { mode: 0o700 });
  await mkdir(files.seed, { mode: 0o700 });
  await createFile(join(files.seed, 'user-data'), bootstrap.userData);
  await createFile(join(files.seed, 'meta-data'), metaData(key, site.machine, image.kernel !== undefined));
  await writeDefinition(files.definition, { version: 1, key, user: bootstrap.user, image, settings });
  const backing = ['-F', image.disk.format, '-b', join(image.folder, image.disk.file)];
  await output('qemu-img', ['create', '-q', '-f', 'qcow2', ...backing, files.disk, `${settings.diskSize}G`]);
  await chmod(files.disk, 0o600);
}

/** JSON is YAML. Where the network is up without cloud-init, cloud-init need not wait for it: dsmode "local". */
function metaData(key: string, machine: string, ready: boolean): string {
  const data = { 'instance-id': key, 'local-hostname': machine, ...(ready ? { dsmode: 'local' } : {}) };
  return `${JSON.stringify(data)}\n`;
}

function draftOf(folder: string, key: string): string {
  return `${folder}.${key}`;
}

/** What is filled appears with its definition, so a folder without one is not of ours. */
async function isIn(folder: string, key: string): Promise<boolean> {
  return (await readDefinition(filesOf(folder).definition))?.key === key;
}

async function isThere(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  );
}

async function discard(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
