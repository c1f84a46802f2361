import type { State } from '../machine/list.ts';

const WORDS: Readonly<Record<State, string>> = {
  Running: 'Running',
  Stopped: 'Stopped',
  Starting: 'Starting',
  Stopping: 'Stopping',
  Timeout: 'Timeout',
  Creating: 'Starting',
  Removing: 'Stopping',
  Gone: 'Error',
  Interrupted: 'Error',
  Broken: 'Error',
  Unreachable: 'Error',
};

/** docker-machine's word for a state: it had no others, and scripts compare them. */
export function stateWord(state: State): string {
  return WORDS[state];
}
