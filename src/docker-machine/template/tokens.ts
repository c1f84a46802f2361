/** The words of a template, as Go's text/template cuts them; its messages quote them. */
export type TokenKind =
  | 'text'
  | 'left'
  | 'right'
  | 'space'
  | 'identifier'
  | 'keyword'
  | 'bool'
  | 'nil'
  | 'field'
  | 'variable'
  | 'dot'
  | 'number'
  | 'string'
  | 'raw'
  | 'char'
  | 'pipe'
  | 'open'
  | 'close'
  | 'assign'
  | 'declare'
  | 'sign'
  | 'error'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Where it begins in the template. */
  readonly at: number;
  readonly line: number;
}

/** Cuts a template into words; the last is an `error` or the `end`. */
export function tokensOf(template: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const line = (index: number) => template.slice(0, index).split('\n').length;
  const add = (kind: TokenKind, text: string, begin = at) =>
    tokens.push({ kind, text, at: begin, line: line(kind === 'error' ? at : begin) });
  for (;;) {
    const begin = template.indexOf('{{', at);
    const text = template.slice(at, begin < 0 ? undefined : begin);
    const trims = begin >= 0 && /^\{\{-[ \t\r\n]/.test(template.slice(begin));
    const kept = trims ? text.replace(/[ \t\r\n]+$/, '') : text;
    if (kept !== '') add('text', kept);
    if (begin < 0) {
      at = template.length;
      add('end', '');
      return tokens;
    }
    at = begin + (trims ? 3 : 2);
    const next = readComment(template, trims ? at + 1 : at) ?? readAction(template, begin, at, line);
    tokens.push(...next.tokens);
    if (next.after === undefined) return tokens;
    at = next.after;
    if (next.trims) at += /^[ \t\r\n]*/.exec(template.slice(at))?.[0].length ?? 0;
  }
}

interface Read {
  readonly tokens: Token[];
  /** Where the text goes on; undefined after an error. */
  readonly after: number | undefined;
  readonly trims?: boolean;
}

function readComment(template: string, at: number): Read | undefined {
  if (!template.startsWith('/*', at)) return undefined;
  const line = template.slice(0, at).split('\n').length;
  const failed = (text: string): Read => ({ tokens: [{ kind: 'error', text, at, line }], after: undefined });
  const end = template.indexOf('*/', at);
  if (end < 0) return failed('unclosed comment');
  const close = /^(?:([ \t\r\n]-)|)\}\}/.exec(template.slice(end + 2));
  if (!close) return failed('comment ends before closing delimiter');
  return { tokens: [], after: end + 2 + close[0].length, trims: close[1] !== undefined };
}

/** What one word looks like, tried in this order; what may not follow an identifier, a field or a variable ends it badly. */
const WORDS: readonly (readonly [TokenKind, RegExp])[] = [
  ['space', /[ \t\r\n]+/y],
  ['declare', /:=/y],
  ['assign', /=/y],
  ['pipe', /\|/y],
  ['string', /"(?:[^"\\\n]|\\[^\n])*"/y],
  ['raw', /`[^`]*`/y],
  ['char', /'(?:[^'\\\n]|\\[^\n])+'/y],
  ['number', /[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y],
  ['variable', /\$[\p{L}\p{Nd}_]*/uy],
  ['field', /\.[\p{L}\p{Nd}_]+/uy],
  ['dot', /\./y],
  ['identifier', /[\p{L}\p{Nd}_]+/uy],
];

const KEYWORDS = ['if', 'else', 'end', 'range', 'with', 'break', 'continue', 'define', 'template', 'block'];

const UNTERMINATED: Readonly<Record<string, string>> = {
  '"': 'unterminated quoted string',
  '`': 'unterminated raw quoted string',
  "'": 'unterminated character constant',
  ':': 'expected :=',
};

/** The words from `{{` to its `}}`. */
function readAction(template: string, begin: number, start: number, line: (at: number) => number): Read {
  const tokens: Token[] = [{ kind: 'left', text: '{{', at: begin, line: line(begin) }];
  let at = start;
  let depth = 0;
  const push = (kind: TokenKind, text: string) => {
    tokens.push({ kind, text, at, line: line(at) });
    at += text.length;
  };
  const failed = (text: string, where = at): Read => {
    tokens.push({ kind: 'error', text, at: where, line: line(where) });
    return { tokens, after: undefined };
  };
  for (;;) {
    const close = /^(?:([ \t\r\n]-)|)\}\}/.exec(template.slice(at));
    if (close) {
      if (depth > 0) return failed('unclosed left paren');
      const trims = close[1] !== undefined;
      push('right', close[0]);
      return { tokens, after: at, trims };
    }
    if (at >= template.length) return failed('unclosed action');
    const letter = String.fromCodePoint(template.codePointAt(at) ?? 0);
    if (letter === '(' || letter === ')') {
      depth += letter === '(' ? 1 : -1;
      push(letter === '(' ? 'open' : 'close', letter);
      if (depth < 0) return failed('unexpected right paren');
      continue;
    }
    const word = wordAt(template, at);
    if (!word) {
      const unterminated = UNTERMINATED[letter];
      if (unterminated) return failed(unterminated);
      if (letter > '~' || letter < ' ') return failed(`unexpected bad character ${inUnicode(letter)}`);
      push('sign', letter);
      continue;
    }
    const after = template.slice(at + word.text.length);
    if (word.kind === 'number' && /^[\p{L}\p{Nd}_]/u.test(after)) {
      return failed(`bad number syntax: ${JSON.stringify(word.text + [...after][0])}`);
    }
    const isName = ['identifier', 'keyword', 'bool', 'nil', 'field', 'variable'].includes(word.kind);
    if (isName && after !== '' && !/^(?:[ \t\r\n.,|:()]|\}\})/.test(after)) {
      return failed(`bad character ${inUnicode([...after][0] ?? '')}`);
    }
    push(word.kind, word.text);
  }
}

function wordAt(template: string, at: number): { kind: TokenKind; text: string } | undefined {
  for (const [kind, pattern] of WORDS) {
    pattern.lastIndex = at;
    const text = pattern.exec(template)?.[0];
    if (text === undefined) continue;
    if (kind !== 'identifier') return { kind, text };
    if (KEYWORDS.includes(text)) return { kind: 'keyword', text };
    if (text === 'nil') return { kind: 'nil', text };
    return { kind: text === 'true' || text === 'false' ? 'bool' : 'identifier', text };
  }
  return undefined;
}

/** U+007D '}', as Go's %#U has it. */
function inUnicode(letter: string): string {
  const code = (letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return /[\p{C}]/u.test(letter) ? `U+${code}` : `U+${code} '${letter}'`;
}
