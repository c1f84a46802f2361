import type { compute_v1 } from '@googleapis/compute/build/v1.js';
import { durationText } from '../../duration.ts';
import { SlipwayError } from '../../errors.ts';
import type { Place } from './place.ts';

type Scheduling = compute_v1.Schema$Scheduling;

/** How the instance shall run: spot or not, and for how long from its start. Google deletes it then, with its disk. */
export function schedulingOf(place: Place): Scheduling {
  const kind = place.settings.spot ? SPOT : { provisioningModel: 'STANDARD', automaticRestart: true };
  const left = secondsLeft(place);
  if (left === undefined) return kind;
  const seconds = String(Math.max(left, LEAST));
  return { ...kind, maxRunDuration: { seconds }, instanceTerminationAction: 'DELETE' };
}

/** @throws SlipwayError `bad-input` for more time than Google grants */
export function checkLifetime(place: Place): void {
  if ((secondsLeft(place) ?? 0) <= MOST) return;
  throw new SlipwayError('bad-input', `Google lets a machine with an end run for ${durationText(MOST)} at most`, {
    hint: 'Give it less time, and more with slipway extend while it is stopped.',
  });
}

/** A spot machine that Google takes back is removed with its disk, so it costs nothing further. */
const SPOT = {
  provisioningModel: 'SPOT',
  instanceTerminationAction: 'DELETE',
  automaticRestart: false,
  onHostMaintenance: 'TERMINATE',
};

/** cloud.google.com/compute/docs/instances/limit-vm-runtime, "Restrictions"; in seconds. */
const LEAST = 30;
const MOST = 120 * 86_400;

function secondsLeft({ site }: Place): number | undefined {
  const ends = site.lifetime?.ends;
  return ends === undefined ? undefined : Math.ceil((Date.parse(ends) - Date.now()) / 1000);
}
