import type { FlagValues } from '../../flags.ts';
import { typesOf, wantsSpot, yes, zonesOf } from './settings.ts';

/** Each with one type, one zone, and spot or not: all spot machines first, and of each kind the types before the zones. */
export function candidates(values: FlagValues): FlagValues[] {
  const { 'google-spot-fallback': _, 'google-preemptible': __, ...rest } = values;
  const spots = wantsSpot(values) ? (yes(values, 'google-spot-fallback') ? [true, false] : [true]) : [false];
  return spots.flatMap((spot) =>
    typesOf(values).flatMap((type) =>
      zonesOf(values).map((zone) => ({
        ...rest,
        'google-machine-type': type,
        'google-zone': zone,
        'google-spot': spot,
      })),
    ),
  );
}
