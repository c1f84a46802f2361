import type { DriverModule, Part } from '../driver.ts';
import { addressPart } from './address.ts';
import { check } from './check.ts';
import { candidates } from './choices.ts';
import { consoleOf } from './console.ts';
import { endpointOf } from './endpoint.ts';
import { flags } from './flags.ts';
import { fleet } from './fleet.ts';
import { groupPart } from './group.ts';
import { instancePart } from './instance.ts';
import { interfacePart } from './interface.ts';
import { networkPart } from './network.ts';
import { type Place, placeOf } from './place.ts';
import { planOf } from './plan.ts';
import { powerOf } from './power.ts';
import { relabel } from './relabel.ts';
import { admit, securityGroupPart } from './security-group.ts';
import { settingsOf } from './settings.ts';

/** Virtual machines of Microsoft Azure. */
const azure: DriverModule = {
  summary: 'A virtual machine of Microsoft Azure',
  flags,
  candidates,
  driver(values, site) {
    const settings = settingsOf(values);
    const place = placeOf(settings, site);
    return {
      check: () => check(place),
      plan: () => planOf(place),
      parts: partsOf(place),
      ...(settings.user === undefined ? {} : { user: settings.user }),
      ...(settings.key === undefined ? {} : { key: settings.key }),
      endpoint: (made) => endpointOf(place, made),
      power: powerOf(place),
      ...(settings.securityGroup ? {} : { admit: (made) => admit(place, made) }),
      console: (made) => consoleOf(place, made),
      relabel: (made) => relabel(place, made),
    };
  },
  fleet,
};

export default azure;

/** What the user named is not among them. */
function partsOf(place: Place): Part[] {
  const { group, network, securityGroup, address, isPublic, ipv6 } = place.settings;
  return [
    ...(group === undefined ? [groupPart(place)] : []),
    ...(network ? [] : [networkPart(place)]),
    ...(securityGroup ? [] : [securityGroupPart(place)]),
    ...(isPublic && !address ? [addressPart(place, 4)] : []),
    ...(isPublic && ipv6 ? [addressPart(place, 6)] : []),
    interfacePart(place),
    instancePart(place),
  ];
}
