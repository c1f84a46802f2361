import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Refusal } from './refusal.ts';

/** An operation that takes its time, which its caller asks about. */
interface Running {
  status: 'InProgress' | 'Succeeded' | 'Failed';
  error?: { readonly code: string; readonly message: string };
  readonly started: string;
  ended: Promise<void>;
}

export interface Operations {
  /** Starts it after the pace; gives its id. */
  begin(work: () => Promise<void> | void): string;
  /** Waits a moment for it, as the way to Azure and back takes one as well. */
  status(id: string): Promise<object | undefined>;
  /** For a Location header: undefined while it runs. */
  isOver(id: string): Promise<boolean>;
  /** Resolves when none runs. */
  idle(): Promise<void>;
}

const MOMENT = 150;

export function newOperations(pace: number): Operations {
  const running = new Map<string, Running>();
  const settle = async (each: Running) => Promise.race([each.ended, delay(MOMENT)]);
  return {
    begin(work) {
      const id = randomUUID();
      const each: Running = { status: 'InProgress', started: new Date().toISOString(), ended: Promise.resolve() };
      each.ended = delay(pace)
        .then(work)
        .then(
          () => {
            each.status = 'Succeeded';
          },
          (error: unknown) => {
            each.status = 'Failed';
            const code = error instanceof Refusal ? error.code : 'InternalExecutionError';
            each.error = { code, message: error instanceof Error ? error.message : String(error) };
          },
        );
      running.set(id, each);
      return id;
    },
    async status(id) {
      const each = running.get(id);
      if (!each) return undefined;
      await settle(each);
      return { startTime: each.started, status: each.status, name: id, ...(each.error ? { error: each.error } : {}) };
    },
    async isOver(id) {
      const each = running.get(id);
      if (each) await settle(each);
      return each === undefined || each.status !== 'InProgress';
    },
    async idle() {
      await Promise.all([...running.values()].map(({ ended }) => ended));
    },
  };
}
