import { codeOf, SlipwayError } from '../../errors.ts';
import { waitFor } from '../../poll.ts';
import type { Made, Power } from '../driver.ts';
import { machineBy } from './former.ts';
import { stateFrom, turnOff, turnOn } from './machine.ts';
import type { Place } from './place.ts';
import { carriedOut } from './tasks.ts';
import type { Ref } from './xml.ts';

export function powerOf(place: Place): Power {
  const { vsphere } = place;
  return {
    async state({ machine }) {
      const vm = machine === undefined ? undefined : await machineBy(vsphere, machine);
      return stateFrom(vm && (await stateOf(place, vm)));
    },
    start: async (made) => turnOn(vsphere, await machineIn(place, made)),
    stop: async (made) => stop(place, await machineIn(place, made)),
    kill: async (made) => kill(place, await machineIn(place, made)),
    restart: async (made) => restart(place, await machineIn(place, made)),
  };
}

async function stateOf({ vsphere }: Place, vm: Ref): Promise<string | undefined> {
  return (await vsphere.look(vm))?.['runtime.powerState']?.text;
}

async function kill(place: Place, vm: Ref): Promise<void> {
  if (stateFrom(await stateOf(place, vm)) === 'Running') await turnOff(place.vsphere, vm);
}

/** For a system to shut itself down, in milliseconds. */
const SHUTDOWN = 3 * 60_000;

/** Tools shut the system down; where they do not run, or it does not come to its end, power goes off. */
async function stop(place: Place, vm: Ref): Promise<void> {
  if (stateFrom(await stateOf(place, vm)) !== 'Running') return;
  if (!(await didByTools(place, 'ShutdownGuest', vm))) return kill(place, vm);
  const wait = { what: `"${place.site.machine}" to be off`, limit: SHUTDOWN, signal: place.vsphere.signal };
  const off = waitFor(wait, async () => (stateFrom(await stateOf(place, vm)) === 'Running' ? undefined : true));
  await off.catch((error: unknown) => {
    if (codeOf(error) !== 'timeout') throw error;
    place.site.note(`"${place.site.machine}" has not shut down in ${SHUTDOWN / 60_000} minutes: it is switched off`);
    return kill(place, vm);
  });
}

async function restart(place: Place, vm: Ref): Promise<void> {
  if (!(await didByTools(place, 'RebootGuest', vm))) await carriedOut(place.vsphere, 'ResetVM_Task', vm);
}

/** False where there are no Tools that could do it. */
async function didByTools({ vsphere }: Place, method: 'ShutdownGuest' | 'RebootGuest', vm: Ref): Promise<boolean> {
  const seen = await vsphere.look(vm);
  if (seen?.['guest.toolsRunningStatus']?.text !== 'guestToolsRunning') return false;
  await vsphere.call(method, vm, [], { repeatable: true });
  return true;
}

async function machineIn({ vsphere, site }: Place, { machine }: Made): Promise<Ref> {
  if (machine === undefined) {
    throw new SlipwayError('not-found', 'The machine was never started: its creation did not get that far');
  }
  const vm = await machineBy(vsphere, machine);
  if (vm !== undefined) return vm;
  throw new SlipwayError('not-found', `vSphere has no machine "${site.machine}" any more`);
}
