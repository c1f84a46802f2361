import type { Made } from '../driver.ts';
import { changing } from '../labels.ts';
import { machineBy } from './former.ts';
import { withLabel } from './labels.ts';
import type { Place } from './place.ts';
import { carriedOut } from './tasks.ts';
import { xml } from './xml.ts';

/** Writes the labels that may change in the machine's notes. */
export async function relabel({ site, vsphere }: Place, { machine }: Made): Promise<void> {
  const changes = Object.entries(changing(site.labels));
  if (machine === undefined || changes.length === 0) return;
  const vm = await machineBy(vsphere, machine);
  if (vm === undefined) return;
  const [found] = await vsphere.read({ VirtualMachine: ['config.annotation'] }, [vm]);
  const before = found?.properties['config.annotation']?.text ?? '';
  const notes = changes.reduce((text, [label, value]) => withLabel(text, label, value), before);
  await carriedOut(vsphere, 'ReconfigVM_Task', vm, [xml('spec', [xml('annotation', notes)])]);
}
