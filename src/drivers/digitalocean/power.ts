import { SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import type { Made, Power } from '../driver.ts';
import { dropletNow, stateFrom } from './droplet.ts';
import { whenReady } from './kept.ts';
import type { Place } from './place.ts';

interface Action {
  readonly id: number;
  readonly status: 'in-progress' | 'completed' | 'errored';
}

export function powerOf(place: Place): Power {
  const state = async (made: Made) => stateFrom((await dropletNow(place, made))?.status);
  const turnOff = async (made: Made, how: 'shutdown' | 'power_off') => {
    if ((await state(made)) === 'Stopped') return;
    await act(place, made, how);
    await off(place, made);
  };
  return {
    state,
    async start(made) {
      if ((await state(made)) !== 'Running') await act(place, made, 'power_on');
    },
    stop: (made) => turnOff(made, 'shutdown'),
    kill: (made) => turnOff(made, 'power_off'),
    restart: (made) => act(place, made, 'reboot'),
  };
}

/** For what DigitalOcean does once it has accepted it; most takes seconds. */
const LIMIT = 5 * 60_000;

/** One thing at a time is done to a droplet; others are waited for. */
async function act(place: Place, { droplet }: Made, type: string): Promise<void> {
  const { ocean, site } = place;
  if (droplet === undefined) {
    throw new SlipwayError('not-found', 'The machine was never started: its creation did not get that far');
  }
  const what = `"${type}" of "${site.machine}"`;
  const path = `/v2/droplets/${droplet}/actions`;
  const ask = () => ocean.ask<{ action: Action }>('POST', path, { body: { type } });
  const { action } = await whenReady(ocean, what, ask);
  const hint = `See what it is doing: slipway logs ${site.machine}`;
  await waitFor({ what: `${what} at DigitalOcean`, limit: LIMIT, hint, signal: ocean.signal }, async () => {
    const { action: now } = await ocean.ask<{ action: Action }>('GET', `/v2/actions/${action.id}`);
    if (now.status === 'errored') throw new SlipwayError('failed', `${what} failed at DigitalOcean`);
    return now.status === 'completed' ? true : undefined;
  });
}

/** DigitalOcean presses the button, and gives the system some time. */
async function off(place: Place, made: Made): Promise<void> {
  const { machine } = place.site;
  const hint = `Switch it off at once: slipway kill ${machine}`;
  const wait = { what: `"${machine}" to be off`, limit: LIMIT, hint, signal: place.ocean.signal };
  await waitFor(wait, async () => {
    const state = stateFrom((await dropletNow(place, made))?.status);
    return state === 'Stopped' || state === 'Gone' ? true : undefined;
  });
}
