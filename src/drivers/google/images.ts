import { SlipwayError } from '../../errors.ts';
import type { Architecture } from './architecture.ts';

/** Which image is meant: one, or the newest of a family. */
export type ImageName =
  | { readonly project: string; readonly name: string }
  | { readonly project: string; readonly family: string }
  | { readonly project: string; readonly families: Readonly<Record<Architecture, string>> };

/** Short names: the family follows the machine type's architecture. */
const SHORT: Readonly<Record<string, ImageName>> = {
  'ubuntu-24.04': ubuntu('2404'),
  'ubuntu-22.04': ubuntu('2204'),
};

/** @throws SlipwayError `bad-input` */
export function imageName(given: string): ImageName {
  if (/^debian-\d+$/.test(given)) throw withoutCloudInit(given);
  const short = Object.hasOwn(SHORT, given) ? SHORT[given] : undefined;
  const image = short ?? byPath(given.replace(/^https:\/\/[^/]+\/compute\/[^/]+\//, '').replace(/^projects\//, ''));
  if (image === undefined) {
    throw new SlipwayError('bad-input', `"${given}" does not say which image to boot`, {
      hint: `Say ${Object.keys(SHORT).join(', ')}, PROJECT/FAMILY, or PROJECT/global/images/NAME.`,
    });
  }
  if (image.project === 'debian-cloud') throw withoutCloudInit(given);
  return image;
}

/** For a person: "ubuntu-os-cloud/ubuntu-2404-lts-amd64". */
export function describeImage(image: ImageName, architecture: Architecture): string {
  return `${image.project}/${'name' in image ? image.name : familyOf(image, architecture)}`;
}

export function familyOf(image: Exclude<ImageName, { name: string }>, architecture: Architecture): string {
  return 'family' in image ? image.family : image.families[architecture];
}

function ubuntu(release: string): ImageName {
  const amd64 = release === '2204' ? 'ubuntu-2204-lts' : `ubuntu-${release}-lts-amd64`;
  return { project: 'ubuntu-os-cloud', families: { X86_64: amd64, ARM64: `ubuntu-${release}-lts-arm64` } };
}

function byPath(path: string): ImageName | undefined {
  const [, project, family, name] =
    /^([a-z][-a-z0-9.:]*)\/(?:([a-z][-a-z0-9]*)|global\/images\/((?:family\/)?[a-z][-a-z0-9]*))$/.exec(path) ?? [];
  if (project === undefined) return undefined;
  if (family !== undefined) return { project, family };
  if (name === undefined) return undefined;
  return name.startsWith('family/') ? { project, family: name.slice('family/'.length) } : { project, name };
}

/** Google builds these itself, and has refused to add it: github.com/andsens/bootstrap-vz/pull/469. */
function withoutCloudInit(given: string): SlipwayError {
  return new SlipwayError('bad-input', `The image "${given}" has no cloud-init, without which nobody can log in`, {
    hint: 'Use --google-machine-image ubuntu-24.04, or an image of your own: Debian with the package cloud-init.',
  });
}
