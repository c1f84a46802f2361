import { sentenceOf } from './errors.ts';

/** One thing that happened while a machine was worked on. */
export interface ProgressEvent {
  machine: string;
  /** What is being done, in a few words: "wait for SSH". The same words from started to done. */
  stage: string;
  state: 'started' | 'at' | 'note' | 'done' | 'failed';
  /** Since the stage started; with done and failed. */
  seconds?: number;
  /** With at: how far it has come, until the next one. With note: a sentence to keep. With failed: the reason. */
  detail?: string;
}

export type Report = (event: ProgressEvent) => void;

/** How a piece of work tells about itself: `tell.stage('wait for SSH', work)`, with `note` and `at` inside it. */
export interface Teller {
  /** Runs the work as a named stage: started, then done or failed with the seconds that it took. */
  stage<T>(stage: string, work: (note: Tell, at: Tell) => Promise<T>): Promise<T>;
}

type Tell = (sentence: string) => void;

/** A teller that reports everything under this machine's name. */
export function teller(machine: string, report: Report): Teller {
  return {
    async stage(stage, work) {
      const began = performance.now();
      const seconds = () => Math.round(performance.now() - began) / 1000;
      report({ machine, stage, state: 'started' });
      try {
        const telling = (state: 'note' | 'at') => (detail: string) => report({ machine, stage, state, detail });
        const result = await work(telling('note'), telling('at'));
        report({ machine, stage, state: 'done', seconds: seconds() });
        return result;
      } catch (error) {
        report({ machine, stage, state: 'failed', seconds: seconds(), detail: sentenceOf(error) });
        throw error;
      }
    },
  };
}
