import { createHash } from 'node:crypto';
import { constants, copyFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { codeOf, SlipwayError, sentenceOf } from '../../errors.ts';
import type { Site } from '../driver.ts';
import { builtImage, builtImageId, obstacleToBuild } from './build.ts';
import { cloudImage, cloudImageId, downloadedImage } from './cloud.ts';
import { digest } from './download.ts';
import { type Image, keepImage, keptImage } from './image.ts';
import { diskFormat } from './inspect.ts';
import type { Arch } from './settings.ts';
import type { CloudName, ImageSource } from './source.ts';

/** The image that the machine shall begin with, made or fetched if it is not here yet. Tells what was chosen and why. */
export async function obtainImage(site: Site, source: ImageSource, arch: Arch): Promise<Image> {
  const image = await obtain(site, source, arch);
  site.note(`using the image ${image.origin}`);
  return image;
}

/** Whether the image is here already. Only reads. */
export async function isKept(site: Site, source: ImageSource, arch: Arch): Promise<boolean> {
  for (const id of idsOf(source, arch)) {
    if (await keptImage(site.cache, id)) return true;
  }
  return false;
}

function obtain(site: Site, source: ImageSource, arch: Arch): Promise<Image> {
  switch (source.kind) {
    case 'cloud':
      return cloudOrBuilt(site, source.name, arch);
    case 'build':
      return builtImage(site, source.engine, arch);
    case 'url':
      return downloadedImage(site, urlId(source, arch), source, arch);
    case 'file':
      return copiedImage(site, source, arch);
  }
}

type FileSource = Extract<ImageSource, { kind: 'file' }>;
type UrlSource = Extract<ImageSource, { kind: 'url' }>;

/** The names in the cache under which the image may be, the better first. */
function idsOf(source: ImageSource, arch: Arch): string[] {
  switch (source.kind) {
    case 'cloud':
      return [cloudImageId(source.name, arch), ...(source.name === 'debian-12' ? [builtImageId(true, arch)] : [])];
    case 'build':
      return [builtImageId(source.engine, arch)];
    case 'url':
      return [urlId(source, arch)];
    case 'file':
      return [];
  }
}

function urlId({ checksum }: UrlSource, arch: Arch): string {
  return `url-${checksum.hex.slice(0, 32)}-${arch}`;
}

/** What is here is taken; else the distribution's image is fetched; where that cannot be, a Debian 12 is built here. */
async function cloudOrBuilt(site: Site, name: CloudName, arch: Arch): Promise<Image> {
  for (const id of idsOf({ kind: 'cloud', name }, arch)) {
    const kept = await keptImage(site.cache, id);
    if (kept) return kept;
  }
  try {
    return await cloudImage(site, name, arch);
  } catch (error) {
    return buildInstead(site, name, arch, error);
  }
}

async function buildInstead(site: Site, name: CloudName, arch: Arch, error: unknown): Promise<Image> {
  if (codeOf(error) !== 'failed') throw error;
  const obstacle = name === 'debian-12' ? await obstacleToBuild(arch) : undefined;
  if (name !== 'debian-12' || obstacle) {
    throw new SlipwayError('failed', `There is no way to get the image "${name}"`, {
      cause: obstacle ? new AggregateError([error, obstacle]) : error,
      hint: obstacle?.hint ?? 'Download an image elsewhere, and say --qemu-image FILE',
    });
  }
  site.note(`${sentenceOf(error)}; so Debian 12 is built here`);
  return builtImage(site, true, arch);
}

/** A file of the user's is copied: what machines stand on must not change under them. */
async function copiedImage(site: Site, source: FileSource, arch: Arch): Promise<Image> {
  const path = resolve(source.path);
  const id = await fileId(path, arch);
  return keepImage(site, id, async (draft) => {
    const file = 'disk';
    const format = await diskFormat(path);
    await copyFile(path, join(draft, file), constants.COPYFILE_FICLONE);
    await verify(join(draft, file), source);
    return { version: 1, arch, origin: path, disk: { file, format } };
  });
}

async function verify(copy: string, { path, checksum }: FileSource): Promise<void> {
  if (checksum === undefined) return;
  const hex = await digest(copy, checksum.algorithm);
  if (hex === checksum.hex) return;
  throw new SlipwayError('unsafe', `The image "${path}" is not what its checksum says`, {
    cause: new Error(`expected ${checksum.algorithm}:${checksum.hex}, got ${hex}`),
  });
}

/** A file that was changed is another image. */
async function fileId(path: string, arch: Arch): Promise<string> {
  const about = await imageFile(path);
  const which = createHash('sha256').update(`${path}\n${about.size}\n${about.mtimeMs}`).digest('hex');
  return `file-${which.slice(0, 32)}-${arch}`;
}

/** @throws SlipwayError `bad-input` when there is no such file */
export async function imageFile(path: string) {
  const about = await stat(path).catch((cause: unknown) => {
    throw new SlipwayError('bad-input', `The image "${path}" cannot be read`, { cause });
  });
  if (!about.isFile()) throw new SlipwayError('bad-input', `The image "${path}" is not a file`);
  return about;
}
