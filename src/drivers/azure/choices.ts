import type { FlagValues } from '../../flags.ts';
import { text } from '../values.ts';

/** Spot before ordinary, then sizes, then locations, then zones: each in the order that the user gave. */
export function candidates(values: FlagValues): readonly FlagValues[] {
  return spots(values).flatMap((spot) =>
    words(values, 'azure-size').flatMap((size) =>
      words(values, 'azure-location').flatMap((location) =>
        words(values, 'azure-zone').map((zone) => ({ ...values, ...spot, ...size, ...location, ...zone })),
      ),
    ),
  );
}

function spots(values: FlagValues): FlagValues[] {
  const hasFallback = values['azure-spot'] === true && values['azure-spot-fallback'] === true;
  return hasFallback ? [{}, { 'azure-spot': false }] : [{}];
}

/** "a, b" as values with one of each; one of nothing where it was not given. */
function words(values: FlagValues, flag: string): FlagValues[] {
  const given = (text(values, flag) ?? '').split(',').flatMap((word) => word.trim() || []);
  return given.length === 0 ? [{}] : given.map((word) => ({ [flag]: word }));
}
