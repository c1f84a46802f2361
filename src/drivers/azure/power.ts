import { SlipwayError } from '../../errors.ts';
import type { Made, Power } from '../driver.ts';
import { vmOf } from './endpoint.ts';
import { type Resource, theResource } from './ids.ts';
import { finish, submit } from './operations.ts';
import type { Place } from './place.ts';
import { powerStateOf } from './state.ts';

/** A machine that is off is deallocated: one that is merely switched off costs as much as one that runs. */
export function powerOf(place: Place): Power {
  const { clients, options } = place;
  const machines = async () => (await clients.compute()).virtualMachines;
  const deallocate = async ({ group, name }: Resource) => {
    const virtualMachines = await machines();
    await finish(place, `stop the virtual machine "${name}"`, () => virtualMachines.deallocate(group, name, options));
  };
  return {
    async state({ instance }) {
      const vm = instance === undefined ? undefined : await vmOf(place, instance);
      return vm ? powerStateOf(vm) : 'Gone';
    },
    async start(made) {
      const { group, name } = instanceOf(made);
      const virtualMachines = await machines();
      await submit(place, `start the virtual machine "${name}"`, () => virtualMachines.start(group, name, options));
    },
    stop: (made) => deallocate(instanceOf(made)),
    async kill(made) {
      const resource = instanceOf(made);
      const { group, name } = resource;
      const virtualMachines = await machines();
      const now = { ...options, skipShutdown: true };
      await finish(place, `switch off the virtual machine "${name}"`, () => virtualMachines.powerOff(group, name, now));
      await deallocate(resource);
    },
    async restart(made) {
      const { group, name } = instanceOf(made);
      const virtualMachines = await machines();
      await finish(place, `restart the virtual machine "${name}"`, () => virtualMachines.restart(group, name, options));
    },
  };
}

function instanceOf({ instance }: Made): Resource {
  if (instance !== undefined) return theResource(instance);
  throw new SlipwayError('not-found', 'The machine was never started: its creation did not get that far');
}
