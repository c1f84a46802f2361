import type { Made } from '../driver.ts';
import { withLabel } from './labels.ts';
import { machineRef } from './machine.ts';
import type { Place } from './place.ts';
import { carriedOut } from './tasks.ts';
import { xml } from './xml.ts';

/** Writes the machine's new end in its notes; vSphere ends nothing by itself. */
export async function extend({ site, vsphere }: Place, { machine }: Made): Promise<void> {
  const { 'slipway-expires': expires } = site.labels;
  if (machine === undefined || expires === undefined) return;
  const vm = machineRef(machine);
  const [found] = await vsphere.read({ VirtualMachine: ['config.annotation'] }, [vm]);
  const notes = withLabel(found?.properties['config.annotation']?.text ?? '', 'slipway-expires', expires);
  await carriedOut(vsphere, 'ReconfigVM_Task', vm, [xml('spec', [xml('annotation', notes)])]);
}
