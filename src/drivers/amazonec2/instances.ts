import type { Instance } from '@aws-sdk/client-ec2';
import type { PowerState } from '../driver.ts';
import type { Api } from './api.ts';
import { ifKnown } from './settling.ts';

/** Undefined for what EC2 does not know: it forgets an instance about an hour after its end. */
export async function instanceBy(api: Api, id: string): Promise<Instance | undefined> {
  const answer = await ifKnown(api.instances({ InstanceIds: [id] }));
  return answer?.Reservations?.[0]?.Instances?.[0];
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
