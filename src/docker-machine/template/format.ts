import { isList, isMap, keysOf, Struct, typeOf, type Value } from './values.ts';

/** Go's fmt.Sprint: with a blank between two that are no strings. */
export function sprint(values: readonly Value[]): string {
  const blank = (n: number) => n > 0 && typeof values[n] !== 'string' && typeof values[n - 1] !== 'string';
  return values.map((value, n) => (blank(n) ? ` ${plain(value)}` : plain(value))).join('');
}

/** Go's fmt.Sprintln. */
export function sprintln(values: readonly Value[]): string {
  return `${values.map(plain).join(' ')}\n`;
}

/** How Go's %v writes it. */
export function plain(value: Value): string {
  if (value === undefined || value === null) return '<nil>';
  if (typeof value === 'number') return float(value);
  if (value instanceof Struct) return value.text ?? `{${Object.values(value.fields).map(plain).join(' ')}}`;
  if (isList(value)) return `[${value.map(plain).join(' ')}]`;
  if (isMap(value)) return `map[${pairs(value).join(' ')}]`;
  return String(value);
}

function pairs(map: { readonly [key: string]: Value }): string[] {
  return keysOf(map).map((key) => `${key}:${plain(map[key])}`);
}

/** The shortest text of a float64; below 1e-4 and from 1e6 on, as with C's %g, with an exponent. */
function float(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  const text = value.toExponential();
  const power = Number(text.slice(text.indexOf('e') + 1));
  return power < -4 || power >= 6 ? exponent(text) : String(value);
}

interface Directive {
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
  readonly verb: string;
}

/** Go's fmt.Sprintf, with its marks for what does not fit: %!d(string=x), %!s(MISSING), %!(EXTRA int=1). */
export function sprintf(format: string, values: readonly Value[]): string {
  let next = 0;
  const text = format.replaceAll(
    /%([+\-# 0]*)(\d+|\*)?(?:\.(\d*|\*))?(.|$)/gsu,
    (_, flags: string, width: string | undefined, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      if (verb === '') return '%!(NOVERB)';
      const count = (given: string | undefined) => (given === '*' ? Number(values[next++]) : given && Number(given));
      const directive = {
        flags,
        width: count(width) || undefined,
        precision: precision === '' ? 0 : (count(precision) as number | undefined),
        verb,
      };
      return next < values.length ? padded(formatted(values[next++], directive), directive) : `%!${verb}(MISSING)`;
    },
  );
  if (next >= values.length) return text;
  const extra = values.slice(next).map((value) => (value === null ? '<nil>' : `${typeOf(value)}=${plain(value)}`));
  return `${text}%!(EXTRA ${extra.join(', ')})`;
}

function formatted(value: Value, directive: Directive): string {
  const { verb, flags, precision } = directive;
  if (verb === 'T') return typeOf(value);
  if (verb === 'v') return flags.includes('#') ? goSyntax(value) : plain(value);
  if (value === null || value === undefined) return `%!${verb}(<nil>)`;
  if (isList(value)) return `[${value.map((each) => formatted(each, directive)).join(' ')}]`;
  if (isMap(value)) {
    const pair = (key: string) => `${formatted(key, directive)}:${formatted(value[key], directive)}`;
    return `map[${keysOf(value).map(pair).join(' ')}]`;
  }
  if (typeof value === 'boolean' && verb === 't') return String(value);
  if (typeof value === 'string') return text(value, directive) ?? unfit(value, verb);
  if (typeof value === 'bigint') return whole(value, verb, flags) ?? unfit(value, verb);
  if (typeof value === 'number') return signed(decimal(value, verb, precision), flags) ?? unfit(value, verb);
  return verb === 's' ? plain(value) : unfit(value, verb);
}

function unfit(value: Value, verb: string): string {
  return `%!${verb}(${typeOf(value)}=${plain(value)})`;
}

function text(value: string, { verb, precision }: Directive): string | undefined {
  const cut = precision === undefined ? value : [...value].slice(0, precision).join('');
  if (verb === 's') return cut;
  if (verb === 'q') return quoted(cut);
  if (verb !== 'x' && verb !== 'X') return undefined;
  const hex = Buffer.from(value).toString('hex');
  return verb === 'x' ? hex : hex.toUpperCase();
}

function whole(value: bigint, verb: string, flags: string): string | undefined {
  const bases: Readonly<Record<string, number>> = { d: 10, b: 2, o: 8, x: 16, X: 16 };
  if (verb === 'c') return String.fromCodePoint(Number(value));
  if (verb === 'q') return `'${String.fromCodePoint(Number(value))}'`;
  const base = bases[verb];
  if (base === undefined) return undefined;
  const digits = value.toString(base);
  return signed(verb === 'X' ? digits.toUpperCase() : digits, flags);
}

function decimal(value: number, verb: string, precision: number | undefined): string | undefined {
  if (verb === 'f' || verb === 'F') return fixed(value, precision ?? 6);
  if (verb === 'e') return exponent(value.toExponential(precision ?? 6));
  if (verb !== 'g') return undefined;
  return precision === undefined ? float(value) : exponent(String(Number(value.toPrecision(precision || 1))));
}

/** Halves go to the even digit, and in JavaScript up. */
function fixed(value: number, precision: number): string {
  const exact = value.toFixed(Math.min(precision + 60, 100));
  const cut = exact.slice(0, exact.length - (Math.min(precision + 60, 100) - precision)).replace(/\.$/, '');
  const isHalf = /^50*$/.test(exact.slice(cut.length).replace('.', ''));
  return isHalf && '02468'.includes(cut.at(-1) ?? '') ? cut : value.toFixed(precision);
}

function exponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

function signed(digits: string | undefined, flags: string): string | undefined {
  if (digits === undefined || digits.startsWith('-')) return digits;
  return flags.includes('+') ? `+${digits}` : flags.includes(' ') ? ` ${digits}` : digits;
}

function padded(value: string, { flags, width = 0, verb }: Directive): string {
  const missing = width - [...value].length;
  if (missing <= 0) return value;
  if (flags.includes('-')) return value + ' '.repeat(missing);
  if (!flags.includes('0')) return ' '.repeat(missing) + value;
  const sign = 'sqvTc'.includes(verb) ? '' : (/^[+-]/.exec(value)?.[0] ?? '');
  return sign + '0'.repeat(missing) + value.slice(sign.length);
}

/** Go's strconv.Quote. */
export function quoted(value: string): string {
  const escapes: Readonly<Record<string, string>> = {
    '"': '\\"',
    '\\': '\\\\',
    '\x07': '\\a',
    '\b': '\\b',
    '\f': '\\f',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\v': '\\v',
  };
  const coded = (sign: string) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`;
  return `"${value.replaceAll(/["\\\x00-\x1f\x7f]/g, (sign) => escapes[sign] ?? coded(sign))}"`;
}

function goSyntax(value: Value): string {
  if (typeof value === 'string') return quoted(value);
  if (isList(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isMap(value)) return value === null ? 'interface {}(nil)' : plain(value);
  return `map[string]interface {}{${keysOf(value)
    .map((key) => `${quoted(key)}:${goSyntax(value[key])}`)
    .join(', ')}}`;
}
