import qemu from '../../../src/drivers/qemu/index.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { newSite } from '../site.ts';

/** Makes the machine that its parent names, in a process of its own that can be killed. */
process.once('message', async ({ root, flags }: { root: string; flags: FlagValues }) => {
  const { site } = await newSite({ root });
  const made: Record<string, string> = {};
  for (const part of qemu.driver(flags, site).parts) {
    made[part.kind] = await part.create(`slipway-${site.machine}-${part.kind}`, made);
  }
  process.send?.('made');
  process.on('message', () => undefined); // stays until it is killed
});
process.send?.('loaded');
