import { waitFor } from '../../poll.ts';
import type { Made, Power } from '../driver.ts';
import { act, guestNow, stateFrom } from './guest.ts';
import type { Place } from './place.ts';

export function powerOf(place: Place): Power {
  const state = async (made: Made) => stateFrom(await guestNow(place, made));
  const turnOff = async (made: Made, method: 'powerOffSoft' | 'powerOff') => {
    if ((await state(made)) === 'Stopped') return;
    await act(place, made, method);
    await off(place, made);
  };
  return {
    state,
    async start(made) {
      if ((await state(made)) !== 'Running') await act(place, made, 'powerOn');
    },
    stop: (made) => turnOff(made, 'powerOffSoft'),
    kill: (made) => turnOff(made, 'powerOff'),
    restart: (made) => act(place, made, 'rebootDefault'),
  };
}

const LIMIT = 5 * 60_000;

async function off(place: Place, made: Made): Promise<void> {
  const { machine } = place.site;
  const hint = `Switch it off at once: slipway kill ${machine}`;
  const wait = { what: `"${machine}" to be off`, limit: LIMIT, hint, signal: place.softlayer.signal };
  await waitFor(wait, async () => {
    const state = stateFrom(await guestNow(place, made));
    return state === 'Stopped' || state === 'Gone' ? true : undefined;
  });
}
