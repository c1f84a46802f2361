/**
 * What a template works on: JSON, of which a number is a float64 as Go decodes it, with integers of the template's own as
 * bigint; undefined is what is not there at all.
 */
export type Value =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Value[]
  | { readonly [key: string]: Value }
  | Struct;

/** A value whose fields are known: to ask for another is an error, and not `<no value>`. */
export class Struct {
  /** Go's name of its type, which error messages tell. */
  readonly type: string;
  readonly fields: Readonly<Record<string, Value>>;
  /** How it prints by itself, where it is not its fields in braces. */
  readonly text: string | undefined;

  constructor(type: string, fields: Readonly<Record<string, Value>>, text?: string) {
    this.type = type;
    this.fields = fields;
    this.text = text;
  }
}

export function isMap(value: Value): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Struct);
}

/** As `Array.isArray`, which does not know arrays that are only read. */
export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** The keys of a map in the order in which Go goes through them. */
export function keysOf(map: { readonly [key: string]: Value }): string[] {
  return Object.keys(map).sort((a, b) => (a < b ? -1 : 1));
}

/** Go's name of its type. */
export function typeOf(value: Value): string {
  if (value === undefined || value === null) return '<nil>';
  if (value instanceof Struct) return value.type;
  if (isList(value)) return '[]interface {}';
  if (isMap(value)) return 'map[string]interface {}';
  return { boolean: 'bool', number: 'float64', bigint: 'int', string: 'string' }[typeof value as 'boolean'];
}

/** As Go's encoding/json writes it: of a map's keys `sorted`, or in their own order. */
export function toJson(value: Value, indent: number, sorted: boolean): string {
  const plain = (each: Value): unknown => {
    if (each instanceof Struct) return plain(each.fields);
    if (isList(each)) return each.map(plain);
    if (typeof each === 'bigint') return Number(each);
    if (!isMap(each)) return each ?? null;
    return Object.fromEntries((sorted ? keysOf(each) : Object.keys(each)).map((key) => [key, plain(each[key])]));
  };
  const coded = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(plain(value), null, indent).replaceAll(/[<>&\u2028\u2029]/g, coded);
}
