import type { ProgressEvent } from '../progress.ts';

/** Puts events on a stream, in one style. */
export interface Painter {
  show(event: ProgressEvent): void;
  /** Leaves the stream to others, with nothing half drawn on it. */
  pause(): void;
  resume(): void;
}

/** A stage of a machine, told apart from all others. */
export function keyOf(event: ProgressEvent): string {
  return `${event.machine}\n${event.stage}`;
}

/** How a stage ended. */
export function endOf(event: ProgressEvent): string {
  const seconds = `${(event.seconds ?? 0).toFixed(1)} s`;
  return event.state === 'done' ? `${event.stage}  ${seconds}` : `${event.stage}  failed after ${seconds}`;
}

/** Of how many machines at once each stage is told; of more, only each machine's whole. */
const FEW = 8;

/**
 * Says of each event, told in their order, whether it is one too many: the start or the good end of a stage within
 * another of its machine, since more machines have been at work at once than a person reads about.
 */
export function crowdOf(): (event: ProgressEvent) => boolean {
  const stages = new Map<string, number>();
  let isCrowd = false;
  return ({ machine, state }) => {
    const before = stages.get(machine) ?? 0;
    const after = before + (state === 'started' ? 1 : state === 'done' || state === 'failed' ? -1 : 0);
    if (after > 0) stages.set(machine, after);
    else stages.delete(machine);
    isCrowd ||= stages.size > FEW;
    return isCrowd && (state === 'started' || state === 'done') && Math.max(before, after) > 1;
  };
}
