import type { Part, Plan } from '../driver.ts';
import { checkLent } from './address.ts';
import type { Facts } from './facts.ts';
import { refuseTooLargeVolume, refuseWhatIsTooMuch } from './limits.ts';
import type { Place } from './place.ts';
import { describeRules } from './rules.ts';
import { userDataOf } from './server.ts';

/** Throws a sentence if no machine of these settings could be made. Only reads. */
export async function checkPlace(place: Place, facts: () => Promise<Facts>): Promise<void> {
  if (place.site.bootstrap) userDataOf(place.site.bootstrap.userData);
  const found = await facts();
  await Promise.all([refuseWhatIsTooMuch(place, found), refuseTooLargeVolume(place, found)]);
  await checkLent(place);
}

/** What it costs OpenStack does not tell. */
export async function planOf(place: Place, parts: readonly Part[], facts: () => Promise<Facts>): Promise<Plan> {
  const found = await facts();
  return { parts: parts.map(({ kind }) => ({ kind, what: describe(place, kind, found) })) };
}

function describe(place: Place, kind: string, facts: Facts): string {
  const { floating } = place.settings;
  if (kind === 'keypair') return "the machine's SSH key";
  if (kind === 'volume') return describeVolume(facts);
  if (kind === 'server') return describeServer(place, facts);
  if (kind === 'address') return `a floating address from "${facts.pool?.name}"`;
  if (kind === 'lent-address') return `your floating address ${floating}`;
  return describeRules(place);
}

function describeServer({ settings }: Place, { flavor, image, networks }: Facts): string {
  const disk = settings.volume === undefined ? `${flavor.disk} GB of disk` : 'its disk on the volume';
  const zone = settings.zone === undefined ? '' : ` in ${settings.zone}`;
  const where = networks.map(({ name }) => `"${name}"`).join(', ');
  const size = `${flavor.vcpus} processors, ${flavor.ram} MB, ${disk}`;
  return `${flavor.name} (${size})${zone}, ${image.name ?? image.id}, on the network ${where}`;
}

function describeVolume({ volume, image }: Facts): string {
  const type = volume?.type === undefined ? '' : ` of the type "${volume.type.name}"`;
  return `${volume?.size} GB${type}, filled with ${image.name ?? image.id}`;
}
