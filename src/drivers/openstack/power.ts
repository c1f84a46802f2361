import { SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import type { Made, Power } from '../driver.ts';
import { serverNow } from './endpoint.ts';
import { isBusy } from './failures.ts';
import type { Place } from './place.ts';
import { stateOf } from './state.ts';

/** OpenStack has no way to switch off at once: who does not go by itself within a minute or so is switched off. */
export function powerOf(place: Place): Power {
  const stop = async (made: Made) => {
    const state = stateOf(await serverNow(place, made));
    if (state === 'Stopped') return;
    if (state !== 'Stopping') await act(place, made, { 'os-stop': null }, 'Stopped');
    await off(place, made);
  };
  return {
    state: async (made) => stateOf(await serverNow(place, made)),
    start: async (made) => start(place, made),
    stop,
    kill: stop,
    restart: (made) => act(place, made, { reboot: { type: 'SOFT' } }),
  };
}

/** From what it is in, how it goes on. */
const WAYS: Readonly<Record<string, string>> = {
  PAUSED: 'unpause',
  SUSPENDED: 'resume',
  SHELVED: 'unshelve',
  SHELVED_OFFLOADED: 'unshelve',
};

async function start(place: Place, made: Made): Promise<void> {
  const server = await serverNow(place, made);
  if (server?.status === 'ERROR') throw broken(place, server.fault?.message);
  await act(place, made, { [WAYS[server?.status ?? ''] ?? 'os-start']: null }, 'Running');
}

/** One thing at a time is done to a server; others are waited for, unless they led to what was `wanted`. */
async function act(place: Place, { server }: Made, body: object, wanted?: string): Promise<void> {
  const { openstack, site } = place;
  if (server === undefined) {
    throw new SlipwayError('not-found', 'The machine was never started: its creation did not get that far');
  }
  const what = `"${Object.keys(body)[0]}" of "${site.machine}" at OpenStack`;
  await waitFor(
    {
      what,
      limit: BUSY_LIMIT,
      hint: `See what it is doing: openstack server show ${server}`,
      signal: openstack.signal,
    },
    async () => {
      if (wanted !== undefined && stateOf(await openstack.server(server)) === wanted) return true;
      await openstack.compute.ask('POST', `/servers/${server}/action`, { body, repeatable: true });
      return true;
    },
    isBusy,
  );
}

const BUSY_LIMIT = 5 * 60_000;
/** For a system to shut itself down, in milliseconds; OpenStack helps after a minute where the image says nothing else. */
const OFF_LIMIT = 10 * 60_000;

async function off(place: Place, made: Made): Promise<void> {
  const { machine } = place.site;
  const hint = `See what it is doing: openstack server show ${made.server}`;
  const wait = { what: `"${machine}" to be off`, limit: OFF_LIMIT, hint, signal: place.openstack.signal };
  await waitFor(wait, async () => {
    const state = stateOf(await serverNow(place, made));
    return state === 'Stopped' || state === 'Gone' ? true : undefined;
  });
}

function broken({ site }: Place, message = 'it does not say why'): SlipwayError {
  return new SlipwayError('refused', `OpenStack says that the server of "${site.machine}" is broken`, {
    cause: new Error(message),
    hint: `Ask whoever runs the cloud, or make it anew: slipway rm ${site.machine}`,
  });
}
