import { SlipwayError } from '../../errors.ts';
import type { Made, Power, PowerState, Site } from '../driver.ts';
import { readDefinition } from './definition.ts';
import { filesOf } from './files.ts';
import { askGuest, guestsOf } from './guest.ts';
import { definitionOf } from './instance.ts';
import { withMonitor } from './qmp.ts';
import { endGuest, guestGone } from './quit.ts';
import { boot } from './start.ts';

/** For an orderly shutdown; engines give their containers ten seconds each. */
const STOP_LIMIT = 90_000;
/** A system that is still booting does not hear the button; it is pressed again. */
const PRESS_EVERY = 5_000;

export function powerOf(site: Site): Power {
  const files = filesOf(site.folder);
  const ended = (made: Made) => endGuest(keyOf(made), files.socket);
  return {
    async state(made) {
      if (made.instance === undefined || !(await readDefinition(files.definition))) return 'Gone';
      const status = await askGuest(made.instance, () => runState(files.socket));
      return status === undefined ? 'Stopped' : stateOf(status);
    },
    async start(made) {
      const key = keyOf(made);
      if ((await guestsOf(key)).length === 0) return boot(key, await definitionOf(site), files, site);
      await withMonitor(files.socket, (ask) => ask('cont'));
    },
    async stop(made) {
      const key = keyOf(made);
      if ((await guestsOf(key)).length === 0) return;
      const press = () => withMonitor(files.socket, (ask) => ask('system_powerdown')).catch(() => undefined);
      await press();
      const pressing = setInterval(press, PRESS_EVERY);
      const hint = `Switch it off at once: slipway kill ${site.machine}`;
      const options = { hint, ...(site.signal ? { signal: site.signal } : {}) };
      await guestGone(key, STOP_LIMIT, options).finally(() => clearInterval(pressing));
    },
    kill: ended,
  };
}

function keyOf({ instance }: Made): string {
  if (instance !== undefined) return instance;
  throw new SlipwayError('not-found', 'The machine was never started: its creation did not get that far');
}

/** QEMU's word for what the machine does; "running" for one that is. */
async function runState(socket: string): Promise<string> {
  const answer = await withMonitor(socket, (ask) => ask('query-status'));
  return typeof answer === 'object' && answer !== null && 'status' in answer ? String(answer.status) : '';
}

/** A paused machine, whose disk could not be written for example, does nothing until it is started again. */
function stateOf(status: string): PowerState {
  if (status === 'running') return 'Running';
  if (status === 'shutdown') return 'Stopping';
  return status === 'prelaunch' || status === 'inmigrate' ? 'Starting' : 'Stopped';
}
