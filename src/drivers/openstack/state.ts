import type { PowerState } from '../driver.ts';
import type { Server } from './client.ts';

type Seen = Pick<Server, 'status' | 'OS-EXT-STS:task_state'>;

/** docs.openstack.org/api-guide/compute, "Server Concepts"; undefined for a server that there is not. */
export function stateOf(server: Seen | undefined): PowerState {
  if (server === undefined) return 'Gone';
  const task = server['OS-EXT-STS:task_state'] ?? '';
  if (/^(powering-off|deleting|soft-deleting|suspending|pausing|shelving)$/.test(task)) return 'Stopping';
  if (/^(powering-on|resuming|unpausing|unshelving|spawning)$/.test(task)) return 'Starting';
  return STATES[server.status] ?? 'Stopped';
}

const STATES: Readonly<Record<string, PowerState>> = {
  ACTIVE: 'Running',
  PASSWORD: 'Running',
  MIGRATING: 'Running',
  RESIZE: 'Running',
  VERIFY_RESIZE: 'Running',
  RESCUE: 'Running',
  BUILD: 'Starting',
  REBUILD: 'Starting',
  REBOOT: 'Starting',
  HARD_REBOOT: 'Starting',
  DELETED: 'Gone',
  SOFT_DELETED: 'Gone',
};
