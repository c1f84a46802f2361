import { SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import type { Made, Power } from '../driver.ts';
import type { Action } from './client.ts';
import { isBusy } from './failures.ts';
import { finished } from './kept.ts';
import type { Place } from './place.ts';
import { serverNow, stateFrom } from './server.ts';

export function powerOf(place: Place): Power {
  const state = async (made: Made) => stateFrom((await serverNow(place, made))?.status);
  const turnOff = async (made: Made, how: 'shutdown' | 'poweroff') => {
    if ((await state(made)) === 'Stopped') return;
    await act(place, made, how);
    await off(place, made);
  };
  return {
    state,
    start: (made) => act(place, made, 'poweron'),
    stop: (made) => turnOff(made, 'shutdown'),
    kill: (made) => turnOff(made, 'poweroff'),
    restart: (made) => act(place, made, 'reboot'),
  };
}

/** One thing at a time is done to a server; others are waited for. */
async function act(place: Place, { server }: Made, command: string): Promise<void> {
  const { hetzner, site } = place;
  if (server === undefined) {
    throw new SlipwayError('not-found', 'The machine was never started: its creation did not get that far');
  }
  const what = `"${command}" of "${site.machine}" at Hetzner Cloud`;
  const path = `/servers/${server}/actions/${command}`;
  const ask = () => hetzner.ask<{ action: Action }>('POST', path, { repeatable: true });
  const { action } = await waitFor({ what, limit: BUSY_LIMIT, signal: hetzner.signal }, ask, isBusy);
  await finished(hetzner, action, what);
}

const BUSY_LIMIT = 5 * 60_000;
/** For a system to shut itself down, in milliseconds. */
const OFF_LIMIT = 5 * 60_000;

/** Hetzner presses the button, and does not look whether the system cares. */
async function off(place: Place, made: Made): Promise<void> {
  const { machine } = place.site;
  const hint = `Switch it off at once: slipway kill ${machine}`;
  const wait = { what: `"${machine}" to be off`, limit: OFF_LIMIT, hint, signal: place.hetzner.signal };
  await waitFor(wait, async () => {
    const state = stateFrom((await serverNow(place, made))?.status);
    return state === 'Stopped' || state === 'Gone' ? true : undefined;
  });
}
