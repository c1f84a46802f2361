import type { InstanceViewStatus, VirtualMachine } from '@azure/arm-compute';
import type { PowerState } from '../driver.ts';

const POWER: Readonly<Record<string, PowerState>> = {
  running: 'Running',
  starting: 'Starting',
  creating: 'Starting',
  stopping: 'Stopping',
  deallocating: 'Stopping',
  stopped: 'Stopped',
  deallocated: 'Stopped',
};

/** Of a machine with its instance view. */
export function powerStateOf(vm: VirtualMachine): PowerState {
  const power = wordAfter(statusesOf(vm), 'PowerState');
  const known = power === undefined ? undefined : POWER[power];
  if (known) return known;
  const provisioning = vm.provisioningState ?? wordAfter(statusesOf(vm), 'ProvisioningState');
  if (provisioning?.toLowerCase() === 'deleting') return 'Stopping';
  return provisioning?.toLowerCase() === 'failed' ? 'Stopped' : 'Starting';
}

/** Why making or starting it failed: Azure's code and sentence; undefined when it did not. */
export function failureIn(vm: VirtualMachine): { code: string; message: string } | undefined {
  const status = statusesOf(vm).find(({ code }) => code?.toLowerCase().startsWith('provisioningstate/failed/'));
  const code = status?.code?.split('/')[2];
  return code === undefined ? undefined : { code, message: status?.message ?? code };
}

function statusesOf({ instanceView }: VirtualMachine): readonly InstanceViewStatus[] {
  return instanceView?.statuses ?? [];
}

/** Of "PowerState/running" the second word. */
function wordAfter(statuses: readonly InstanceViewStatus[], word: string): string | undefined {
  return statuses.map(({ code }) => code?.split('/') ?? []).find(([first]) => first === word)?.[1];
}
