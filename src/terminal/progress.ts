import type { ProgressEvent, Report } from '../progress.ts';
import { livePainter } from './live.ts';
import { crowdOf, endOf, keyOf, type Painter } from './painter.ts';
import { oneLine } from './text.ts';

export type Style = 'live' | 'plain' | 'json' | 'quiet';

export interface View {
  readonly report: Report;
  /** Shows nothing new while a person is asked something. Of several questions each waits for the one before. */
  hold<T>(question: () => Promise<T>): Promise<T>;
  /** Ends the view: nothing is shown after it. */
  close(): void;
}

/** Shows progress on a stream: a list that changes in place, plain lines, JSON lines, or nothing. */
export function view(style: Style, stream: NodeJS.WriteStream): View {
  const painter = painterFor(style, stream);
  const waiting: ProgressEvent[] = [];
  let asking = 0;
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  const ask = async <T>(question: () => Promise<T>) => {
    painter.pause();
    return question().finally(() => {
      if (--asking > 0 || closed) return;
      painter.resume();
      for (const event of waiting.splice(0)) painter.show(event);
    });
  };
  return {
    report(event) {
      if (closed) return;
      if (asking > 0) waiting.push(event);
      else painter.show(event);
    },
    hold(question) {
      asking++;
      const answer = last.then(() => ask(question));
      last = answer.catch(() => undefined);
      return answer;
    },
    close() {
      closed = true;
      painter.pause();
    },
  };
}

/** What fits the stream and the flags. */
export function styleFor(
  flags: { progress: 'auto' | 'plain' | 'json'; quiet: boolean },
  stream: NodeJS.WriteStream,
  env: NodeJS.ProcessEnv,
): Style {
  if (flags.progress === 'json') return 'json';
  if (flags.quiet) return 'quiet';
  return flags.progress === 'auto' && stream.isTTY && env.TERM !== 'dumb' ? 'live' : 'plain';
}

function painterFor(style: Style, stream: NodeJS.WriteStream): Painter {
  if (style === 'live') return livePainter(stream);
  if (style === 'plain') return plainPainter(stream);
  const show = style === 'json' ? (event: ProgressEvent) => void stream.write(`${JSON.stringify(event)}\n`) : () => {};
  return { show, pause: () => undefined, resume: () => undefined };
}

/** A stage is told when it ends, and beforehand only when that takes longer than this. */
const PATIENCE = 2000;

function plainPainter(stream: NodeJS.WriteStream): Painter {
  const slow = new Map<string, NodeJS.Timeout>();
  const isTooMuch = crowdOf();
  const write = (event: ProgressEvent, text: string) => stream.write(`${event.machine}: ${oneLine(text)}\n`);
  return {
    show(event) {
      if (isTooMuch(event)) return void clearTimeout(slow.get(keyOf(event)));
      if (event.state === 'note') return void write(event, `${event.stage}: ${event.detail}`);
      if (event.state === 'at') return;
      clearTimeout(slow.get(keyOf(event)));
      if (event.state !== 'started') return void write(event, endOf(event));
      const timer = setTimeout(() => write(event, `${event.stage} ...`), PATIENCE);
      slow.set(keyOf(event), timer);
    },
    pause: () => slow.forEach((timer) => void clearTimeout(timer)),
    resume: () => undefined,
  };
}
