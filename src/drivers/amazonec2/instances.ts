import type { Instance } from '@aws-sdk/client-ec2';
import type { PowerState } from '../driver.ts';
import type { Api } from './api.ts';

/** Undefined for what EC2 does not know: it forgets an instance about an hour after its end. */
export async function instanceBy(api: Api, id: string): Promise<Instance | undefined> {
  return api.instance(id);
}

export function stateOf(instance: Instance | undefined): PowerState {
  return STATES[instance?.State?.Name ?? 'terminated'];
}

const STATES = {
  pending: 'Starting',
  running: 'Running',
  stopping: 'Stopping',
  stopped: 'Stopped',
  'shutting-down': 'Stopping',
  terminated: 'Gone',
} as const;
