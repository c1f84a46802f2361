import { readFile, writeFile } from 'node:fs/promises';
import type { Driver, Made } from '../../src/drivers/driver.ts';
import { filesOf } from '../../src/drivers/qemu/files.ts';
import { published } from '../../src/drivers/qemu/forwards.ts';
import qemu from '../../src/drivers/qemu/index.ts';
import { newSite, sharedImages, type TestSite } from '../drivers/site.ts';

/** What is behind an instance of a cloud that runs here: a real machine, emulated. */
export interface Guest {
  /** Switches it on with its ports 22 and 2376 at these addresses of this computer (127.x.y.z). */
  start(addresses: readonly string[]): Promise<void>;
  /** In an orderly way. */
  stop(): Promise<void>;
  isRunning(): Promise<boolean>;
  remove(): Promise<void>;
}

/** How a cloud's server makes what is behind its machines. */
export type NewGuest = (userData: string, addresses: readonly string[]) => Promise<Guest>;

/** What a server's option `guests` says: emulated machines, something else, or nothing. */
export function guestsFor(option: boolean | NewGuest | undefined): NewGuest | undefined {
  if (option === true) return newGuest;
  return option || undefined;
}

/** Makes a guest that finds this user data at its first boot, and is on. */
export async function newGuest(userData: string, addresses: readonly string[]): Promise<Guest> {
  const place = await newSite({
    cache: sharedImages,
    bootstrap: { userData, user: 'slipway', publicKey: 'ssh-ed25519 AAAA' },
  });
  const driver = qemu.driver(
    {
      'qemu-image': process.env.SLIPWAY_TEST_GUEST ?? 'build',
      'qemu-cpus': 1,
      'qemu-memory': 768,
      'qemu-publish': addresses.flatMap(portsAt),
    },
    place.site,
  );
  const made: Record<string, string> = {};
  for (const part of driver.parts) made[part.kind] = await part.create(`slipway-guest-${place.site.machine}`, made);
  return guest(place, driver, made);
}

function guest(place: TestSite, driver: Driver, made: Made): Guest {
  const { power } = driver;
  if (!power) throw new Error('Guests have power');
  return {
    async start(addresses) {
      await moveTo(place, addresses);
      await power.start(made);
    },
    stop: () => power.stop(made),
    isRunning: async () => (await power.state(made)) === 'Running',
    async remove() {
      for (const part of [...driver.parts].reverse()) await part.destroy(made[part.kind] ?? '');
      await place.remove();
    },
  };
}

/** The definition on the disk is what the next start goes by. */
async function moveTo({ site }: TestSite, addresses: readonly string[]): Promise<void> {
  const { definition: path } = filesOf(site.folder);
  const definition = JSON.parse(await readFile(path, 'utf8'));
  definition.settings.publish = addresses.flatMap(portsAt).map(published);
  await writeFile(path, JSON.stringify(definition));
}

/** The forwards of a guest at this address, in the words of --qemu-publish. */
export function portsAt(address: string): string[] {
  return [22, 2376].map((port) => `${address}:${port}:${port}`);
}
