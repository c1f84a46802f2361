import { SlipwayError } from '../../errors.ts';
import { checkNamed } from './existing.ts';
import { imageOf } from './image.ts';
import type { Place } from './place.ts';
import { checkQuota } from './quota.ts';
import { type Size, sizeOf } from './size.ts';
import { customData, isTrusted } from './vm.ts';

/** Throws a sentence if no machine of these settings could be made. Only reads. */
export async function check(place: Place): Promise<void> {
  if (place.site.bootstrap) customData(place.site.bootstrap);
  const size = await sizeOf(place);
  checkAbilities(place, size);
  const [image] = await Promise.all([imageOf(place, size), checkNamed(place), checkQuota(place, size)]);
  const { securityType } = place.settings;
  if (securityType === 'TrustedLaunch' && !isTrusted({ ...place.settings, securityType: 'auto' }, size, image)) {
    throw new SlipwayError('bad-input', `"${size.name}" with the image "${image.name}" has no trusted launch`, {
      hint: 'Leave --azure-security-type away, or name another size or image.',
    });
  }
  checkRoom(place, size);
}

function checkAbilities({ settings }: Place, size: Size): void {
  const { zone, location, spot, encryptionAtHost, disk } = settings;
  const cannot = (what: string, hint: string) =>
    new SlipwayError('bad-input', `"${size.name}" in "${location}" ${what}`, { hint });
  if (zone !== undefined && !size.zones.includes(zone)) {
    const zones = size.zones.length > 0 ? `It has ${[...size.zones].sort().join(', ')}.` : 'Leave --azure-zone away.';
    throw cannot(`has no zone ${zone}`, zones);
  }
  if (spot && !size.spot) throw cannot('cannot be a spot machine', 'Name another size.');
  if (encryptionAtHost && !size.encryptionAtHost) throw cannot('has no encryption at host', 'Name another size.');
  if (disk.type.startsWith('Premium') && !size.premiumDisk) {
    throw cannot(`takes no disk of the type ${disk.type}`, 'Say --azure-storage-type StandardSSD_LRS');
  }
}

/** Where Azure has closed the size to this subscription, for want of room. */
function checkRoom({ settings: { location, zone } }: Place, { name, barred }: Size): void {
  const isBarred = zone === undefined ? barred.location : barred.location || barred.zones.includes(zone);
  if (!isBarred) return;
  const where = zone === undefined ? `"${location}"` : `zone ${zone} of "${location}"`;
  throw new SlipwayError('no-capacity', `Azure has no "${name}" for this subscription in ${where}`, {
    hint: 'Name more sizes, zones or locations; or ask Azure to open the size to the subscription.',
  });
}
