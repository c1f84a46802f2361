import type { Token } from './tokens.ts';

export type Constant = string | boolean | bigint | number;

/** The value of a word that stands for itself; undefined for any other. @throws SyntaxError for a text with a wrong escape */
export function constantOf({ kind, text }: Token): Constant | undefined {
  if (kind === 'bool') return text === 'true';
  if (kind === 'raw') return text.slice(1, -1);
  if (kind === 'string') return unquoted(text);
  if (kind === 'char') return BigInt(unquoted(text).codePointAt(0) ?? 0);
  return kind === 'number' ? numberOf(text) : undefined;
}

function numberOf(text: string): bigint | number {
  const digits = text.replaceAll('_', '').replace(/^\+/, '');
  const isWhole = /^-?(?:0[xXbBoO][0-9a-fA-F]+|\d+)$/.test(digits);
  if (!isWhole) return Number(digits);
  return digits.startsWith('-') ? -BigInt(digits.slice(1)) : BigInt(digits);
}

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const ESCAPES = /\\(?:([abfnrtv\\'"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.|$))/gsu;

/** Go's strconv.Unquote. */
function unquoted(text: string): string {
  return text.slice(1, -1).replaceAll(ESCAPES, (_, plain, x, u, U, octal) => {
    if (plain !== undefined) return SIMPLE[plain] ?? plain;
    const code = octal === undefined ? Number.parseInt(x ?? u ?? U, 16) : Number.parseInt(octal, 8);
    if (Number.isNaN(code)) throw new SyntaxError('invalid syntax');
    return String.fromCodePoint(code);
  });
}
