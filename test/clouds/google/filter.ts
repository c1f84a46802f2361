import { invalid } from './refusal.ts';

type Thing = Readonly<Record<string, unknown>>;
type Test = (thing: Thing) => boolean;

/** The tests that a list's `filter` makes; its grammar is in the definitions, at instances.list. @throws Refusal */
export function filterOf(text: string | null): Test {
  if (!text) return () => true;
  const words = text.match(/"(?:[^"\\]|\\.)*"|[()]|!=|[=:<>]|[^\s()=:<>!"]+/g) ?? [];
  const reader = { words, at: 0 };
  const test = either(reader);
  if (reader.at < words.length) throw invalid(`Invalid value for field 'filter': '${text}'.`);
  return test;
}

interface Reader {
  readonly words: readonly string[];
  at: number;
}

function either(reader: Reader): Test {
  const tests = [both(reader)];
  while (reader.words[reader.at] === 'OR') {
    reader.at += 1;
    tests.push(both(reader));
  }
  return (thing) => tests.some((test) => test(thing));
}

function both(reader: Reader): Test {
  const tests = [term(reader)];
  for (;;) {
    const word = reader.words[reader.at];
    if (word === undefined || word === 'OR' || word === ')') return (thing) => tests.every((test) => test(thing));
    if (word === 'AND') reader.at += 1;
    tests.push(term(reader));
  }
}

function term(reader: Reader): Test {
  const word = reader.words[reader.at++];
  if (word === '(') {
    const test = either(reader);
    if (reader.words[reader.at++] !== ')') throw invalid("Invalid value for field 'filter': a parenthesis is open.");
    return test;
  }
  if (word === 'NOT') {
    const test = term(reader);
    return (thing) => !test(thing);
  }
  return comparison(word, reader.words[reader.at++], reader.words[reader.at++]);
}

function comparison(field: string | undefined, operator: string | undefined, value: string | undefined): Test {
  const wanted = value?.replace(/^"(.*)"$/, '$1').replace(/\\(.)/g, '$1');
  const test = operator === undefined || wanted === undefined ? undefined : OPERATORS[operator]?.(wanted);
  if (field === undefined || test === undefined) throw invalid("Invalid value for field 'filter'.");
  return (thing) => test(valueAt(thing, field));
}

const OPERATORS: Readonly<Record<string, (wanted: string) => (value: string | undefined) => boolean>> = {
  '=': (wanted) => (value) => value === wanted,
  '!=': (wanted) => (value) => value !== wanted,
  ':': (wanted) => (value) => value !== undefined && (wanted === '*' || value.includes(wanted)),
  eq: (wanted) => (value) => new RegExp(`^(?:${wanted})$`).test(value ?? ''),
  ne: (wanted) => (value) => !new RegExp(`^(?:${wanted})$`).test(value ?? ''),
};

function valueAt(thing: Thing, field: string): string | undefined {
  const value = field.split('.').reduce<unknown>((at, name) => (at as Thing | undefined)?.[name], thing);
  return value === undefined ? undefined : String(value);
}
