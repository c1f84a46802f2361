import { quoted } from './format.ts';
import type { Token } from './tokens.ts';
import { TemplateError } from './tree.ts';

/** Where a reader of a template is among its words. */
export interface Cursor {
  /** The next word that is no blank. */
  take(): Token;
  /** The same, and stays before it. */
  peek(): Token;
  /** The next word, be it a blank. */
  takeAny(): Token;
  peekAny(): Token | undefined;
  /** Before the word that was taken last. */
  back(): void;
  /** Gives what goes back to here. */
  mark(): () => void;
  /** An action begins in this line: errors in it say so. */
  beginAction(line: number): void;
  /** The error at the word that was taken last. */
  wrong(message: string): TemplateError;
  /** The error for a word that may not stand there. */
  unexpected(token: Token, context: string): TemplateError;
}

export function newCursor(tokens: readonly Token[]): Cursor {
  let next = 0;
  let actionLine = 0;
  const skipBlanks = () => {
    while (tokens[next]?.kind === 'space') next += 1;
  };
  const wrong = (message: string) => {
    const { line = 1 } = tokens[Math.max(next - 1, 0)] ?? {};
    return new TemplateError(`template: :${line}: ${message}`);
  };
  return {
    wrong,
    take() {
      skipBlanks();
      return tokens[next++] as Token;
    },
    peek() {
      skipBlanks();
      return tokens[next] as Token;
    },
    takeAny: () => tokens[next++] as Token,
    peekAny: () => tokens[next],
    back() {
      next -= 1;
    },
    mark() {
      const here = next;
      return () => {
        next = here;
      };
    },
    beginAction(line) {
      actionLine = line;
    },
    unexpected(token, context) {
      if (token.kind !== 'error') return wrong(`unexpected ${tokenText(token)} in ${context}`);
      if (actionLine === 0 || actionLine === token.line) return wrong(token.text);
      const started = ` started at :${actionLine}`;
      return wrong(token.text.endsWith(' action') ? token.text + started : `${token.text} in action${started}`);
    },
  };
}

function tokenText({ kind, text }: Token): string {
  if (kind === 'end') return 'EOF';
  if (kind === 'keyword' || kind === 'dot' || kind === 'nil') return `<${text}>`;
  return text.length > 10 ? `${quoted(text.slice(0, 10))}...` : quoted(text);
}
