import type { ProgressEvent, Report } from '../progress.ts';

export type Style = 'live' | 'plain' | 'json' | 'quiet';

export interface View {
  readonly report: Report;
  /** Ends the view: nothing is drawn after it. */
  close(): void;
}

/** Shows progress on a stream: a list that changes in place, plain lines, JSON lines, or nothing. */
export function view(style: Style, stream: NodeJS.WriteStream): View {
  if (style === 'json') return lines(stream, (event) => JSON.stringify(event));
  if (style === 'live') return liveView(stream);
  if (style === 'plain') return plainView(stream);
  return { report: () => undefined, close: () => undefined };
}

/** What fits the stream and the flags. */
export function styleFor(
  flags: { progress: 'auto' | 'plain' | 'json'; quiet: boolean },
  stream: NodeJS.WriteStream,
): Style {
  if (flags.progress === 'json') return 'json';
  if (flags.quiet) return 'quiet';
  return flags.progress === 'auto' && stream.isTTY && process.env.TERM !== 'dumb' ? 'live' : 'plain';
}

function lines(stream: NodeJS.WriteStream, format: (event: ProgressEvent) => string): View {
  return { report: (event) => stream.write(`${format(event)}\n`), close: () => undefined };
}

/** A stage is told when it ends, and beforehand only when that takes longer than this. */
const PATIENCE = 2000;

function plainView(stream: NodeJS.WriteStream): View {
  const waiting = new Map<string, NodeJS.Timeout>();
  const write = (event: ProgressEvent, text: string) => stream.write(`${event.machine}: ${text}\n`);
  return {
    report(event) {
      const key = keyOf(event);
      if (event.state === 'started') {
        waiting.set(
          key,
          setTimeout(() => write(event, `${event.stage} ...`), PATIENCE),
        );
        return;
      }
      if (event.state === 'note') return void write(event, `${event.stage}: ${event.detail}`);
      clearTimeout(waiting.get(key));
      waiting.delete(key);
      write(event, endOf(event));
    },
    close: () => waiting.forEach(clearTimeout),
  };
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

function liveView(stream: NodeJS.WriteStream): View {
  const running = new Map<string, { event: ProgressEvent; began: number }>();
  let drawn = 0;
  let frame = 0;
  const erase = () => {
    if (drawn > 0) stream.write(`\x1b[${drawn}F\x1b[0J`);
    drawn = 0;
  };
  const draw = () => {
    for (const { event, began } of running.values()) {
      const seconds = Math.round((performance.now() - began) / 1000);
      stream.write(
        `${clip(`${FRAMES[frame % FRAMES.length]} ${event.machine}  ${event.stage}  ${seconds} s`, stream)}\n`,
      );
      drawn++;
    }
  };
  const timer = setInterval(() => {
    frame++;
    erase();
    draw();
  }, 125);
  return {
    report(event) {
      erase();
      const key = keyOf(event);
      if (event.state === 'started') running.set(key, { event, began: performance.now() });
      else if (event.state === 'note') stream.write(`  ${event.machine}  ${event.stage}: ${event.detail}\n`);
      else {
        running.delete(key);
        stream.write(`${event.state === 'done' ? '✓' : '✗'} ${event.machine}  ${endOf(event)}\n`);
      }
      draw();
    },
    close() {
      clearInterval(timer);
      erase();
    },
  };
}

function keyOf(event: ProgressEvent): string {
  return `${event.machine}\n${event.stage}`;
}

function endOf(event: ProgressEvent): string {
  const seconds = `${(event.seconds ?? 0).toFixed(1)} s`;
  return event.state === 'done' ? `${event.stage}  ${seconds}` : `${event.stage}  failed after ${seconds}`;
}

/** A line that wraps would spoil the count of lines to erase. */
function clip(line: string, stream: NodeJS.WriteStream): string {
  return [...line].slice(0, Math.max(10, (stream.columns ?? 80) - 1)).join('');
}
