import type { Site } from '../../../src/drivers/driver.ts';
import { type Image, keepImage } from '../../../src/drivers/qemu/image.ts';
import { obtainImage } from '../../../src/drivers/qemu/images.ts';
import { imageSource } from '../../../src/drivers/qemu/source.ts';
import { copyForCloud } from '../cloud-image.ts';

/**
 * A Debian as it is on EC2: at each boot cloud-init's own units find out where they are, and ask there. The image that
 * the qemu driver builds has them off, for the sake of time; another (SLIPWAY_TEST_GUEST) is taken as it is.
 */
export async function ec2Image(site: Site): Promise<Image> {
  const base = await obtainImage(site, imageSource(process.env.SLIPWAY_TEST_GUEST ?? 'build'), 'x86_64');
  if (base.kernel === undefined) return base;
  return keepImage(site, `ec2-${base.folder.split('-').at(-1)}-1`, async (draft) => {
    const { folder: _, ...content } = base;
    await copyForCloud(base, draft, { datasources: 'NoCloud, Ec2', resolver: RESOLVER });
    return { ...content, origin: `${base.origin}, as it is on EC2` };
  });
}

/** Of the guests' network; see guest.ts. */
const RESOLVER = '169.254.0.3';
