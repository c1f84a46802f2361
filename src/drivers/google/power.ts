import { randomUUID } from 'node:crypto';
import { SlipwayError } from '../../errors.ts';
import type { Made, Power } from '../driver.ts';
import type { Compute, Options } from './client.ts';
import { instanceNow, instancePath } from './instance.ts';
import { schedule } from './lifetime.ts';
import { finished, type Operation } from './operations.ts';
import type { Place } from './place.ts';
import { stateFrom } from './state.ts';

export function powerOf(place: Place): Power {
  const state = async (made: Made) => stateFrom((await instanceNow(place, made))?.status);
  const stop = async (made: Made) => {
    if ((await state(made)) === 'Stopped') return;
    await change(place, made, ({ instances }, which, options) => instances.stop(which, options));
  };
  return {
    state,
    async start(made) {
      const { status } = (await instanceNow(place, made)) ?? {};
      if (status === 'TERMINATED') await schedule(place, made);
      await change(place, made, ({ instances }, which, options) =>
        status === 'SUSPENDED' ? instances.resume(which, options) : instances.start(which, options),
      );
    },
    stop,
    /** Google presses the button, and pulls the plug after 90 seconds; there is nothing quicker. */
    kill: stop,
  };
}

interface Which {
  readonly project: string;
  readonly zone: string;
  readonly instance: string;
  readonly requestId: string;
}

async function change(
  place: Place,
  made: Made,
  ask: (compute: Compute, which: Which, options: Options) => Promise<{ data: Operation }>,
): Promise<void> {
  const path = instancePath(place, made);
  if (path === undefined) {
    throw new SlipwayError('not-found', 'The machine was never started: its creation did not get that far');
  }
  const { project, zone = '', name } = path;
  const which: Which = { project, zone, instance: name, requestId: randomUUID() };
  const operation = await place.google.ask((compute, options) => ask(compute, which, options));
  await finished(place.google, project, operation, `the power of "${place.site.machine}" at Google`);
}
