import type { FlagValues } from '../../flags.ts';
import { newMemory } from '../../memory.ts';
import type { Fleet, Found } from '../driver.ts';
import { newVsphere, type Vsphere } from './client.ts';
import { machinesBy } from './former.ts';
import { labelsIn } from './labels.ts';
import { remove, stateFrom } from './machine.ts';
import { serverOf } from './settings.ts';

/** One question about all machines of a vCenter, whatever their number. */
export const fleet: Fleet = {
  machine: 'machine',
  scope: (values) => {
    const { host, port } = serverOf(values);
    return `${host}:${port}`;
  },
  states: (values, machines, signal) =>
    alone(values, signal, async (vsphere) => {
      const refs = await machinesBy(
        vsphere,
        machines.flatMap(({ machine }) => machine ?? []),
      );
      const found = await vsphere.read({ VirtualMachine: ['runtime.powerState'] }, [...refs.values()]);
      const states = new Map(found.map(({ ref, properties }) => [ref.id, properties['runtime.powerState']?.text]));
      return machines.map(({ machine = '' }) => stateFrom(states.get(refs.get(machine)?.id ?? '')));
    }),
  survey: (values, signal) =>
    alone(values, signal, async (vsphere) => {
      const found = await vsphere.list({ VirtualMachine: ['name', 'config.annotation'] });
      return found.flatMap(({ ref, properties }): Found[] => {
        const labels = labelsIn(properties.name?.text ?? '', properties['config.annotation']?.text ?? '');
        return labels === undefined ? [] : [{ kind: 'machine', id: ref.id, labels }];
      });
    }),
  removable(values, site) {
    const vsphere = newVsphere(serverOf(values), site);
    return [{ kind: 'machine', destroy: (id) => remove(vsphere, id) }];
  },
};

/** With a session for this question, which has nothing to share. */
async function alone<T>(
  values: FlagValues,
  signal: AbortSignal | undefined,
  ask: (vsphere: Vsphere) => Promise<T>,
): Promise<T> {
  const memory = newMemory();
  try {
    return await ask(newVsphere(serverOf(values), { memory, ...(signal ? { signal } : {}) }));
  } finally {
    await memory.end();
  }
}
