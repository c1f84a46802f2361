import { gzipSync } from 'node:zlib';
import type { VirtualMachine } from '@azure/arm-compute';
import { SlipwayError } from '../../errors.ts';
import { type Bootstrap, type Made, USER } from '../driver.ts';
import { TYPES } from './ids.ts';
import { type FoundImage, imageOf } from './image.ts';
import { idOfNamed, type Place, tagsFor } from './place.ts';
import type { Settings } from './settings.ts';
import { type Size, sizeOf } from './size.ts';

/** Of custom data, before it is written in base64. */
const CUSTOM_DATA_LIMIT = 65_535;

/** The request for the machine. */
export async function vmBody(place: Place, key: string, made: Made): Promise<VirtualMachine> {
  const { settings, site } = place;
  const { location, zone, identity, availabilitySet, spot } = settings;
  const size = await sizeOf(place);
  const image = await imageOf(place, size);
  return {
    location,
    tags: tagsFor(place, key),
    ...(zone === undefined ? {} : { zones: [zone] }),
    ...(image.plan ? { plan: image.plan } : {}),
    ...(identity ? userAssigned(idOfNamed(place, TYPES.identity, identity)) : {}),
    hardwareProfile: { vmSize: size.name },
    storageProfile: { imageReference: image.reference, osDisk: osDisk(place, key) },
    osProfile: osProfile(site.machine, site.bootstrap, settings.user),
    networkProfile: { networkInterfaces: [{ id: made.interface ?? '', primary: true }] },
    ...securityProfile(settings, size, image),
    diagnosticsProfile: { bootDiagnostics: { enabled: true } },
    ...(availabilitySet ? { availabilitySet: { id: idOfNamed(place, TYPES.availabilitySet, availabilitySet) } } : {}),
    ...(spot ? { priority: 'Spot', evictionPolicy: 'Deallocate', billingProfile: { maxPrice: spot.maxPrice } } : {}),
  };
}

/**
 * The document for cloud-init as Azure takes it; compressed only where it is too long.
 * @throws SlipwayError `bad-input` when it is too long even so
 */
export function customData({ userData }: Bootstrap): string {
  const plain = Buffer.from(userData);
  const data = plain.length <= CUSTOM_DATA_LIMIT ? plain : gzipSync(plain, { level: 9 });
  if (data.length <= CUSTOM_DATA_LIMIT) return data.toString('base64');
  throw new SlipwayError(
    'bad-input',
    `Azure takes ${CUSTOM_DATA_LIMIT} bytes for the first boot, and these are ${data.length}`,
    {
      hint: 'Shorten what --cloud-init names, or let it fetch the rest by itself.',
    },
  );
}

function userAssigned(id: string): Pick<VirtualMachine, 'identity'> {
  return { identity: { type: 'UserAssigned', userAssignedIdentities: { [id]: {} } } };
}

function osDisk(place: Place, key: string) {
  const { size, type, encryptionSet } = place.settings.disk;
  return {
    name: key,
    createOption: 'FromImage',
    deleteOption: 'Delete',
    caching: 'ReadWrite' as const,
    managedDisk: {
      storageAccountType: type,
      ...(encryptionSet ? { diskEncryptionSet: { id: idOfNamed(place, TYPES.encryptionSet, encryptionSet) } } : {}),
    },
    ...(size === undefined ? {} : { diskSizeGB: size }),
  };
}

function osProfile(machine: string, bootstrap: Bootstrap | undefined, user = USER) {
  if (!bootstrap) throw new SlipwayError('broken', 'A machine is made only with what its first boot needs');
  return {
    computerName: machine.toLowerCase().replaceAll(/[._]/g, '-').slice(0, 63),
    adminUsername: user,
    customData: customData(bootstrap),
    linuxConfiguration: {
      disablePasswordAuthentication: true,
      ssh: { publicKeys: [{ path: `/home/${user}/.ssh/authorized_keys`, keyData: bootstrap.publicKey }] },
    },
  };
}

function securityProfile(settings: Settings, size: Size, image: FoundImage): Pick<VirtualMachine, 'securityProfile'> {
  const { encryptionAtHost, metadataSecurity } = settings;
  const profile = {
    ...(isTrusted(settings, size, image)
      ? { securityType: 'TrustedLaunch', uefiSettings: { secureBootEnabled: true, vTpmEnabled: true } }
      : {}),
    ...(encryptionAtHost ? { encryptionAtHost } : {}),
    ...(metadataSecurity === 'off' ? {} : { proxyAgentSettings: proxyAgent(metadataSecurity) }),
  };
  return Object.keys(profile).length === 0 ? {} : { securityProfile: profile };
}

/** Whether the machine shall have secure boot and a virtual TPM. */
export function isTrusted({ securityType }: Settings, size: Size, image: FoundImage): boolean {
  return securityType === 'TrustedLaunch' || (securityType === 'auto' && size.trustedLaunch && image.trustedLaunch);
}

function proxyAgent(mode: 'audit' | 'enforce') {
  const word = mode === 'audit' ? 'Audit' : 'Enforce';
  return { enabled: true, addProxyAgentExtension: true, imds: { mode: word }, wireServer: { mode: word } };
}
