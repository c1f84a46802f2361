import { SlipwayError } from './errors.ts';

/** Room for so many at once; the others wait, and come in the order in which they asked. */
export interface Turns {
  /** How many at once; may be changed at any time. */
  most: number;
  /** Nobody is in, so nobody waits. */
  readonly idle: boolean;
  /**
   * Waits for room, and gives what is called to leave, once or more often.
   * @throws SlipwayError `interrupted` when the signal aborts first
   */
  enter(signal?: AbortSignal): Promise<() => void>;
}

export function turns(most: number): Turns {
  const waiting = new Set<() => void>();
  let inside = 0;
  const admit = () => {
    for (const come of waiting) {
      if (inside >= room.most) return;
      waiting.delete(come);
      inside++;
      come();
    }
  };
  const leave = () => {
    inside--;
    admit();
  };
  const room: Turns = {
    most,
    get idle() {
      return inside === 0;
    },
    enter: (signal) =>
      new Promise((resolve, reject) => {
        const giveUp = () => {
          waiting.delete(come);
          reject(new SlipwayError('interrupted', 'Interrupted while waiting for a turn'));
        };
        let isInside = true;
        const come = () => {
          signal?.removeEventListener('abort', giveUp);
          resolve(() => {
            if (isInside) leave();
            isInside = false;
          });
        };
        if (signal?.aborted) return giveUp();
        signal?.addEventListener('abort', giveUp, { once: true });
        waiting.add(come);
        admit();
      }),
  };
  return room;
}
