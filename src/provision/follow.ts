import { stripVTControlCharacters } from 'node:util';

/** What is told while a script runs. */
export interface Watcher {
  started(title: string): void;
  /** There was nothing left to do. */
  skipped(title: string): void;
  done(title: string): void;
  failed(title: string, status: number): void;
  /** A line that a program printed, without control characters. */
  log(line: string): void;
}

export interface Outcome {
  /** What the steps handed back, by name. */
  gave: Readonly<Record<string, string>>;
  failed?: Failure;
  /** The script came to its end, or to a step that failed; false when it was cut off. */
  complete: boolean;
}

export interface Failure {
  title: string;
  hint: string;
  status: number;
  /** The last lines that the step's programs printed. */
  lastLines: string;
}

export interface Follower {
  /** To be called with each line of the script's output. */
  line(text: string): void;
  result(): Outcome;
}

const KEPT_LINES = 12;

/** Reads the output of a script that `render` made with this nonce. A marker without the nonce is just a log line. */
export function follow(nonce: string, watcher: Partial<Watcher> = {}): Follower {
  const mark = `slipway:${nonce} `;
  const gave: Record<string, string> = {};
  let failed: Failure | undefined;
  let title: string | undefined;
  let ended = false;
  let recent: string[] = [];

  const log = (text: string) => {
    const line = plain(text);
    if (line.trim() === '') return;
    recent = [...recent, line].slice(-KEPT_LINES);
    watcher.log?.(line);
  };
  const marked = (word: string, rest: string) => {
    const [, name = '', value = ''] = /^(\S+) ?(.*)$/.exec(rest) ?? [];
    if (word === 'give') {
      gave[name] = Buffer.from(value, 'base64').toString();
    } else if (word === 'say') {
      gave[name] = value;
    } else if (word === 'end') {
      ended = true;
    } else if (word === 'start') {
      title = rest;
      recent = [];
      watcher.started?.(title);
    } else if (title !== undefined) {
      if (word === 'skip') watcher.skipped?.(title);
      if (word === 'done') watcher.done?.(title);
      if (word === 'fail') fail(title, rest);
      title = undefined;
    }
  };
  const fail = (step: string, rest: string) => {
    const [, status = '1', hint = ''] = /^(\d+) (.*)$/.exec(rest) ?? [];
    failed = { title: step, hint, status: Number(status), lastLines: recent.join('\n') };
    watcher.failed?.(step, failed.status);
  };

  return {
    line(text) {
      const at = text.indexOf(mark); // a program may have ended without a newline
      if (at < 0) return log(text);
      if (at > 0) log(text.slice(0, at));
      const [, word = '', rest = ''] = /^(\S+) ?(.*?)\r?$/.exec(text.slice(at + mark.length)) ?? [];
      marked(word, rest);
    },
    result: () => ({ gave, ...(failed ? { failed } : {}), complete: ended || failed !== undefined }),
  };
}

/** What a script with this nonce handed back, from its whole output. */
export function handedBack(text: string, nonce: string): Outcome['gave'] {
  const script = follow(nonce);
  text.split('\n').forEach(script.line);
  return script.result().gave;
}

/** What a terminal would show of the line: the text after the last carriage return, with nothing that moves a cursor. */
function plain(text: string): string {
  const shown = text.replace(/\r+$/, '').split('\r').at(-1) ?? '';
  return stripVTControlCharacters(shown)
    .replace(/\p{Cc}/gu, ' ')
    .trimEnd();
}
