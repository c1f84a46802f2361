import { builtImage } from '../../../src/drivers/qemu/build.ts';
import { hostArch } from '../../../src/drivers/qemu/settings.ts';
import { newSite } from '../site.ts';

/** Builds an image under the folder that it is given, in a process of its own that can be killed. */
const { site } = await newSite({ root: process.argv[2] ?? '' });
await builtImage({ ...site, note: (sentence) => void process.send?.(sentence) }, false, hostArch());
