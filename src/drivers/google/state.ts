import type { PowerState } from '../driver.ts';

/** cloud.google.com/compute/docs/instances/instance-lifecycle */
export function stateFrom(status: string | null | undefined): PowerState {
  if (status === undefined || status === null) return 'Gone';
  if (status === 'RUNNING') return 'Running';
  if (['PROVISIONING', 'STAGING', 'REPAIRING'].includes(status)) return 'Starting';
  return ['STOPPING', 'PENDING_STOP', 'SUSPENDING', 'DEPROVISIONING'].includes(status) ? 'Stopping' : 'Stopped';
}
