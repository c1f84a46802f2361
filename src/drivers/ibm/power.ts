import { SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import type { Made, Power } from '../driver.ts';
import { isBusy } from './failures.ts';
import { instanceNow, stateFrom } from './instance.ts';
import type { Place } from './place.ts';

export function powerOf(place: Place): Power {
  const state = async (made: Made) => stateFrom((await instanceNow(place, made))?.status);
  const turnOff = async (made: Made, force: boolean) => {
    if ((await state(made)) === 'Stopped') return;
    await act(place, made, { type: 'stop', force });
    await off(place, made);
  };
  return {
    state,
    async start(made) {
      if ((await state(made)) !== 'Running') await act(place, made, { type: 'start' });
    },
    stop: (made) => turnOff(made, false),
    kill: (made) => turnOff(made, true),
    restart: (made) => act(place, made, { type: 'reboot' }),
  };
}

const LIMIT = 5 * 60_000;

/** What an instance is in the middle of is waited for. */
async function act({ ibm, site }: Place, { instance }: Made, body: { type: string; force?: boolean }): Promise<void> {
  if (instance === undefined) {
    throw new SlipwayError('not-found', 'The machine was never started: its creation did not get that far');
  }
  const what = `"${body.type}" of "${site.machine}" at IBM Cloud`;
  const ask = () => ibm.ask('POST', `/instances/${instance}/actions`, { body, repeatable: true });
  await waitFor({ what, limit: LIMIT, signal: ibm.signal }, async () => ({ accepted: await ask() }), isBusy);
}

async function off(place: Place, made: Made): Promise<void> {
  const { machine } = place.site;
  const hint = `Switch it off at once: slipway kill ${machine}`;
  const wait = { what: `"${machine}" to be off`, limit: LIMIT, hint, signal: place.ibm.signal };
  await waitFor(wait, async () => {
    const state = stateFrom((await instanceNow(place, made))?.status);
    return state === 'Stopped' || state === 'Gone' ? true : undefined;
  });
}
