import type { ProgressEvent } from '../progress.ts';
import { inRanges } from '../ranges.ts';
import { crowdOf, endOf, keyOf, type Painter } from './painter.ts';
import { oneLine } from './text.ts';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_TIME = 125;

/** The stages under way at the foot of the terminal, a line each that changes in place; above them what has happened. */
export function livePainter(stream: NodeJS.WriteStream): Painter {
  const running = new Map<string, Running>();
  const isTooMuch = crowdOf();
  let drawn: readonly string[] = [];
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;
  const underWay = () => {
    const stages = [...running.values()];
    const lines = stages.length > roomOn(stream) ? stagesOf(stages) : stages.map(lineOf);
    return fitting(lines, stream).map((line) => clip(`${FRAMES[frame % FRAMES.length]} ${line}`, stream));
  };
  /** In one write, so that nothing flickers. */
  const paint = (above: string, lines: readonly string[]) => {
    const text = erasure(drawn, stream) + above + lines.map((line) => `${line}\n`).join('');
    if (text !== '') stream.write(text);
    drawn = lines;
  };
  const resume = () => {
    timer ??= setInterval(() => {
      frame++;
      paint('', underWay());
    }, FRAME_TIME);
  };
  resume();
  return {
    show(event) {
      const stage = running.get(keyOf(event));
      if (event.state === 'started') running.set(keyOf(event), { event, began: performance.now() });
      if (event.state === 'at' && stage) stage.at = event.detail ?? '';
      if (event.state === 'done' || event.state === 'failed') running.delete(keyOf(event));
      paint(isTooMuch(event) ? '' : lastingLine(event), underWay());
    },
    pause() {
      clearInterval(timer);
      timer = undefined;
      paint('', []);
    },
    resume,
  };
}

interface Running {
  readonly event: ProgressEvent;
  readonly began: number;
  at?: string;
}

function lineOf({ event, began, at }: Running): string {
  const place = at === undefined ? '' : `  ${oneLine(at)}`;
  return `${event.machine}  ${oneLine(event.stage)}  ${secondsSince(began)} s${place}`;
}

/** Of each machine where it is now, those at the same stage on one line: how many, for how long at the most, which. */
function stagesOf(running: readonly Running[]): string[] {
  const latest = [...new Map(running.map((each) => [each.event.machine, each])).values()];
  const stages = Map.groupBy(latest, ({ event }) => event.stage);
  return [...stages].map(([stage, machines]) => {
    const names = inRanges(machines.map(({ event }) => event.machine));
    const seconds = Math.max(...machines.map(({ began }) => secondsSince(began)));
    return `${oneLine(stage)}  ${machines.length} ${machines.length === 1 ? 'machine' : 'machines'}  ${seconds} s  ${names}`;
  });
}

function secondsSince(began: number): number {
  return Math.round((performance.now() - began) / 1000);
}

/** What stays on the terminal. */
function lastingLine(event: ProgressEvent): string {
  if (event.state === 'started' || event.state === 'at') return '';
  if (event.state === 'note') return `  ${event.machine}  ${oneLine(`${event.stage}: ${event.detail}`)}\n`;
  return `${event.state === 'done' ? '✓' : '✗'} ${event.machine}  ${oneLine(endOf(event))}\n`;
}

/** No more lines than the terminal has: those that scroll away could not be erased. One is the cursor's. */
function fitting(lines: readonly string[], stream: NodeJS.WriteStream): readonly string[] {
  const room = roomOn(stream);
  if (lines.length <= room) return lines;
  return [...lines.slice(0, room - 1), `  and ${lines.length - room + 1} more`];
}

function roomOn(stream: NodeJS.WriteStream): number {
  return Math.max(1, (stream.rows ?? 24) - 1);
}

/** A line that wraps would spoil the count of lines to erase. */
function clip(line: string, stream: NodeJS.WriteStream): string {
  return [...line].slice(0, Math.max(1, (stream.columns ?? 80) - 1)).join('');
}

/**
 * Up over these lines, clearing each, and the cursor's own, where a terminal puts "^C": tmux would put all that is
 * cleared at once into its history. A terminal that has become narrower has wrapped them.
 */
function erasure(lines: readonly string[], stream: NodeJS.WriteStream): string {
  const columns = Math.max(1, stream.columns ?? 80);
  const rows = lines.reduce((sum, line) => sum + Math.max(1, Math.ceil([...line].length / columns)), 0);
  return rows === 0 ? '' : `\x1b[2K${'\x1b[1F\x1b[2K'.repeat(rows)}`;
}
