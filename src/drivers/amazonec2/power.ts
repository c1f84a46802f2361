import { SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import type { Made, Power, Site } from '../driver.ts';
import type { Api } from './api.ts';
import type { Ec2 } from './client.ts';
import { instanceBy, stateOf } from './instances.ts';
import type { Settings } from './settings.ts';

/** For an instance to be shut down, in milliseconds: EC2 gives a system some minutes before it pulls the plug itself. */
const STOP_LIMIT = 600_000;

export function powerOf(ec2: Ec2, settings: Settings, site: Site): Power {
  const stop = async (made: Made, how: { Force?: boolean; SkipOsShutdown?: boolean }) => {
    if (settings.spot) throw cannotStop(site.machine);
    const [api, id] = [await ec2(), idOf(made)];
    await api.stop({ InstanceIds: [id], ...how });
    await stopped(api, id, site);
  };
  return {
    async state({ instance }) {
      return instance === undefined ? 'Gone' : stateOf(await instanceBy(await ec2(), instance));
    },
    async start(made) {
      const [api, id] = [await ec2(), idOf(made)];
      if (stateOf(await instanceBy(api, id)) === 'Stopping') await stopped(api, id, site);
      await api.start({ InstanceIds: [id] });
    },
    stop: (made) => stop(made, {}),
    kill: (made) => stop(made, { Force: true, SkipOsShutdown: true }),
    async restart(made) {
      await (await ec2()).reboot({ InstanceIds: [idOf(made)] });
    },
  };
}

async function stopped(api: Api, id: string, { signal, machine }: Site): Promise<void> {
  const hint = `Switch it off at once: slipway kill ${machine}`;
  const wait = { what: `the instance "${id}" to be off`, limit: STOP_LIMIT, hint, signal, pause: 3000 };
  await waitFor(wait, async () => {
    const state = stateOf(await instanceBy(api, id));
    return state === 'Stopped' || state === 'Gone' ? true : undefined;
  });
}

function idOf({ instance }: Made): string {
  if (instance !== undefined) return instance;
  throw new SlipwayError('not-found', 'The machine was never started: its creation did not get that far');
}

function cannotStop(machine: string): SlipwayError {
  return new SlipwayError('unsupported', `"${machine}" is a spot instance, which AWS can only end and not stop`, {
    hint: `Restart it: slipway restart ${machine}. Or remove it: slipway rm ${machine}`,
  });
}
