import { sentenceOf } from './errors.ts';

/** One thing that happened while a machine was worked on. */
export interface ProgressEvent {
  machine: string;
  /** What is being done, in a few words: "wait for SSH". The same words from started to done. */
  stage: string;
  state: 'started' | 'note' | 'done' | 'failed';
  /** Since the stage started; with done and failed. */
  seconds?: number;
  /** With note: the sentence. With failed: the reason. */
  detail?: string;
}

export type Report = (event: ProgressEvent) => void;

/** How a piece of work tells about itself: `tell('choose an image', work)`, and `note` inside it. */
export interface Teller {
  /** Runs the work as a named stage: started, then done or failed with the seconds that it took. */
  stage<T>(stage: string, work: (note: (sentence: string) => void) => Promise<T>): Promise<T>;
}

/** A teller that reports everything under this machine's name. */
export function teller(machine: string, report: Report): Teller {
  return {
    async stage(stage, work) {
      const began = performance.now();
      const seconds = () => Math.round(performance.now() - began) / 1000;
      report({ machine, stage, state: 'started' });
      try {
        const result = await work((detail) => report({ machine, stage, state: 'note', detail }));
        report({ machine, stage, state: 'done', seconds: seconds() });
        return result;
      } catch (error) {
        report({ machine, stage, state: 'failed', seconds: seconds(), detail: sentenceOf(error) });
        throw error;
      }
    },
  };
}
