import type { Image } from '@aws-sdk/client-ec2';
import { SlipwayError } from '../../errors.ts';
import type { Ec2 } from './client.ts';
import { allPages } from './pages.ts';
import type { Settings } from './settings.ts';
import { ifKnown } from './settling.ts';
import { architectureOf } from './types.ts';
import type { Architecture, ImageWish } from './wish.ts';

/**
 * The image to boot, for the type's architecture; the newest where several would do.
 * @throws SlipwayError `bad-input`
 */
export async function imageFor(ec2: Ec2, settings: Settings): Promise<Image> {
  const architecture = await architectureOf(ec2, settings);
  const { image: wish, region, type } = settings;
  const image = 'id' in wish ? await imageById(ec2, wish.id) : await newest(ec2, wish, architecture);
  if (!image) {
    const what = 'id' in wish ? wish.id : wish.what;
    throw new SlipwayError('bad-input', `There is no image "${what}" for "${architecture}" in "${region}"`, {
      hint: 'Images are a region\'s own. Name another: --amazonec2-ami ubuntu-24.04, an id, or OWNER/NAME ("self/*")',
    });
  }
  if (image.Architecture === architecture) return image;
  throw new SlipwayError('bad-input', `The image "${image.ImageId}" is for "${image.Architecture}"`, {
    hint: `And "${type}" is "${architecture}": choose another type or another image.`,
  });
}

/** The least that the disk must have, in GiB: what is in the image. */
export function leastDisk(image: Image): number {
  const root = image.BlockDeviceMappings?.find(({ DeviceName }) => DeviceName === image.RootDeviceName);
  return root?.Ebs?.VolumeSize ?? 0;
}

async function imageById(ec2: Ec2, id: string): Promise<Image | undefined> {
  return (await ifKnown((await ec2()).known.images({ ImageIds: [id] })))?.Images?.[0];
}

async function newest(ec2: Ec2, wish: Exclude<ImageWish, { id: string }>, architecture: Architecture) {
  const asked = {
    Owners: [wish.owner],
    Filters: [
      { Name: 'name', Values: [wish.pattern(architecture)] },
      { Name: 'architecture', Values: [architecture] },
      { Name: 'state', Values: ['available'] },
      { Name: 'root-device-type', Values: ['ebs'] },
      { Name: 'virtualization-type', Values: ['hvm'] },
    ],
  };
  const images = await allPages((await ec2()).known.images, asked, (page) => page.Images);
  return images.sort((a, b) => (b.CreationDate ?? '').localeCompare(a.CreationDate ?? ''))[0];
}
