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
