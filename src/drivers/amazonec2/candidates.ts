import type { FlagValues } from '../../flags.ts';
import { regionOf, typesOf, zonesOf } from './settings.ts';

/**
 * One type, one zone, spot or not, and the region, so that the record says where the machine is whatever the environment
 * says later. All spot instances come before any on demand, and of each kind all zones of a type before the next type.
 */
export function candidates(values: FlagValues): FlagValues[] {
  const region = regionOf(values);
  const zones = zonesOf(values);
  return marketsOf(values).flatMap((market) =>
    typesOf(values).flatMap((type) =>
      (zones.length === 0 ? [undefined] : zones).map((zone) => ({
        ...values,
        ...market,
        'amazonec2-region': region,
        'amazonec2-instance-type': type,
        ...(zone === undefined ? {} : { 'amazonec2-zone': zone }),
      })),
    ),
  );
}

function marketsOf(values: FlagValues): FlagValues[] {
  if (values['amazonec2-request-spot-instance'] !== true) return [{}];
  const spot = { 'amazonec2-spot-fallback': false };
  const onDemand = { ...spot, 'amazonec2-request-spot-instance': false };
  return values['amazonec2-spot-fallback'] === true ? [spot, onDemand] : [spot];
}
