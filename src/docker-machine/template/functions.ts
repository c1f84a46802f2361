import { plain, sprint, sprintf, sprintln } from './format.ts';
import { isList, isMap, Struct, toJson, typeOf, type Value } from './values.ts';

/** A function of templates; what it throws is told as "error calling NAME: …". */
export interface TemplateFunction {
  readonly least: number;
  /** As many as there are, when absent. */
  readonly most?: number;
  /** The first must be a string. */
  readonly text?: true;
  call(values: readonly Value[]): Value;
}

/** What Go brings with it. `and` and `or` look at no more than they need, so they are elsewhere. */
export const builtIn: Readonly<Record<string, TemplateFunction>> = {
  not: { least: 1, most: 1, call: ([value]) => !isTrue(value) },
  len: { least: 1, most: 1, call: ([value]) => length(value) },
  index: { least: 1, call: ([value, ...keys]) => keys.reduce(indexed, value) },
  slice: { least: 1, call: ([value, ...bounds]) => sliced(value, bounds) },
  print: { least: 0, call: sprint },
  println: { least: 0, call: sprintln },
  printf: { least: 1, text: true, call: ([format, ...values]) => sprintf(String(format), values) },
  html: { least: 0, call: (values) => sprint(values).replaceAll(/[&<>"'\0]/g, (sign) => HTML[sign] ?? sign) },
  js: { least: 0, call: (values) => sprint(values).replaceAll(/[\\'"<>&=\x00-\x1f]/g, inScript) },
  urlquery: { least: 0, call: (values) => new URLSearchParams([['', sprint(values)]]).toString().slice(1) },
  eq: { least: 1, call: ([value, ...others]) => isAny(value, others) },
  ne: { least: 2, most: 2, call: ([a, b]) => !equal(a, b) },
  lt: { least: 2, most: 2, call: ([a, b]) => less(a, b) },
  le: { least: 2, most: 2, call: ([a, b]) => less(a, b) || equal(a, b) },
  gt: { least: 2, most: 2, call: ([a, b]) => !(less(a, b) || equal(a, b)) },
  ge: { least: 2, most: 2, call: ([a, b]) => !less(a, b) },
};

/** What `inspect` has besides. */
export const jsonFunctions: Readonly<Record<string, TemplateFunction>> = {
  json: { least: 1, most: 1, call: ([value]) => toJson(value, 0, true) },
  prettyjson: { least: 1, most: 1, call: ([value]) => toJson(value, 4, true) },
};

/** Whether a condition takes it for true. */
export function isTrue(value: Value): boolean {
  if (isList(value)) return value.length > 0;
  if (isMap(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
  '\0': '\ufffd',
};

function inScript(sign: string): string {
  if (/[\\'"]/.test(sign)) return `\\${sign}`;
  return `\\u${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function length(value: Value): bigint {
  if (typeof value === 'string') return BigInt(Buffer.byteLength(value));
  if (isList(value)) return BigInt(value.length);
  if (isMap(value)) return BigInt(Object.keys(value).length);
  throw new Error(value === null || value === undefined ? 'len of nil pointer' : `len of type ${typeOf(value)}`);
}

function indexed(value: Value, key: Value): Value {
  if (value === null || value === undefined) throw new Error('index of untyped nil');
  if (isMap(value)) {
    if (typeof key === 'string') return Object.hasOwn(value, key) ? value[key] : undefined;
    throw new Error(key === null || key === undefined ? 'value is nil; should be of type string' : mistaken(key));
  }
  if (typeof value !== 'string' && !isList(value)) throw new Error(`can't index item of type ${typeOf(value)}`);
  const at = place(key);
  if (typeof value !== 'string') return within(value, at);
  return BigInt(within([...Buffer.from(value)], at));
}

function mistaken(key: Value): string {
  return `value has type ${typeOf(key)}; should be string`;
}

function place(key: Value): number {
  if (typeof key === 'bigint') return Number(key);
  if (key === null || key === undefined) throw new Error('cannot index slice/array with nil');
  throw new Error(`cannot index slice/array with type ${typeOf(key)}`);
}

function within<T>(list: readonly T[], at: number): T {
  if (at >= 0 && at < list.length) return list[at] as T;
  throw new Error(`index out of range: ${at}`);
}

function sliced(value: Value, bounds: readonly Value[]): Value {
  if (value === null || value === undefined) throw new Error('slice of untyped nil');
  if (typeof value !== 'string' && !isList(value)) throw new Error(`can't slice item of type ${typeOf(value)}`);
  const whole = typeof value === 'string' ? Buffer.from(value) : value;
  const [from = 0, to = whole.length] = bounds.map(place);
  for (const bound of [from, to])
    if (bound < 0 || bound > whole.length) throw new Error(`index out of range: ${bound}`);
  if (from > to) throw new Error(`invalid slice index: ${from} > ${to}`);
  return Buffer.isBuffer(whole) ? whole.subarray(from, to).toString() : (whole as readonly Value[]).slice(from, to);
}

function isAny(value: Value, others: readonly Value[]): boolean {
  if (others.length === 0) throw new Error('missing argument for comparison');
  return others.some((other) => equal(value, other));
}

/** Go compares values of one kind only. */
function equal(a: Value, b: Value): boolean {
  const nothing = (value: Value) => value === null || value === undefined;
  if (nothing(a) || nothing(b)) return nothing(a) && nothing(b);
  if (typeof a !== typeof b) throw new Error('incompatible types for comparison');
  if (typeof a !== 'object') return a === b;
  if (a instanceof Struct) return b instanceof Struct && plain(a) === plain(b);
  throw new Error(`non-comparable type ${plain(a)}: ${typeOf(a)}`);
}

function less(a: Value, b: Value): boolean {
  const isOrdered = ['number', 'bigint', 'string'].includes(typeof a);
  if (a === null || a === undefined || b === null || b === undefined) throw new Error('invalid type for comparison');
  if (typeof a !== typeof b) throw new Error('incompatible types for comparison');
  if (!isOrdered) throw new Error('invalid type for comparison');
  return (a as number) < (b as number);
}
