import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import type { Site } from '../driver.ts';
import { download, fetchText } from './download.ts';
import { type Image, keepImage } from './image.ts';
import { diskFormat } from './inspect.ts';
import type { Arch } from './settings.ts';
import type { Checksum, CloudName } from './source.ts';

/** Where a distribution publishes its cloud image, and the list of checksums beside it. */
interface Publication {
  readonly folder: string;
  readonly file: (arch: 'amd64' | 'arm64') => string;
  readonly sums: string;
  readonly algorithm: Checksum['algorithm'];
}

const publications: Readonly<Record<CloudName, Publication>> = {
  'debian-12': {
    folder: 'https://cloud.debian.org/images/cloud/bookworm/latest/',
    file: (arch) => `debian-12-genericcloud-${arch}.qcow2`,
    sums: 'SHA512SUMS',
    algorithm: 'sha512',
  },
  'ubuntu-24.04': {
    folder: 'https://cloud-images.ubuntu.com/releases/noble/release/',
    file: (arch) => `ubuntu-24.04-server-cloudimg-${arch}.img`,
    sums: 'SHA256SUMS',
    algorithm: 'sha256',
  },
};

export function cloudImageId(name: CloudName, arch: Arch): string {
  return `${name}-${arch}`;
}

/** Downloads the distribution's current image. @throws SlipwayError `failed` where it cannot be fetched */
export async function cloudImage(site: Site, name: CloudName, arch: Arch): Promise<Image> {
  const { folder, file, sums, algorithm } = publications[name];
  const wanted = file(arch === 'aarch64' ? 'arm64' : 'amd64');
  const list = await fetchText(folder + sums, site.signal);
  const checksum = { algorithm, hex: checksumIn(list, wanted, folder + sums) };
  return downloadedImage(site, cloudImageId(name, arch), { url: folder + wanted, checksum }, arch);
}

/** The image at a URL, fetched once. */
export async function downloadedImage(
  site: Site,
  id: string,
  { url, checksum }: { readonly url: string; readonly checksum: Checksum },
  arch: Arch,
): Promise<Image> {
  return keepImage(site, id, async (draft) => {
    const file = 'disk';
    const part = await partFile(site.cache, id, checksum);
    site.note(`downloading "${url}"`);
    await download({ url, checksum, part, to: join(draft, file), note: site.note, signal: site.signal });
    const format = await diskFormat(join(draft, file), url);
    return { version: 1, arch, origin: url, disk: { file, format } };
  });
}

/** The line of a `sha512sum` list: digest, blank, blank or asterisk, name. */
export function checksumIn(list: string, file: string, where: string): string {
  for (const line of list.split('\n')) {
    const [, hex, name] = /^([0-9a-f]{64,128}) [ *](.+)$/.exec(line.trimEnd()) ?? [];
    if (hex !== undefined && name === file) return hex;
  }
  throw new SlipwayError('failed', `"${where}" has no checksum of "${file}"`);
}

/** Beside the image, named by what it will be: a part of an older version is of no use, and goes. */
async function partFile(cache: string, id: string, { hex }: Checksum): Promise<string> {
  const name = `${id}.${hex.slice(0, 16)}.part`;
  const old = (await readdir(cache)).filter(
    (each) => each.startsWith(`${id}.`) && each.endsWith('.part') && each !== name,
  );
  for (const each of old) await rm(join(cache, each), { force: true });
  return join(cache, name);
}
