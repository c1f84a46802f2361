import { invalid } from './refusal.ts';

/** What of an answer is wanted: "items/*\/instances(name,status)", as names with what is wanted below them. */
type Wanted = Map<string, Wanted>;

/** The part of an answer that `fields` selects. @throws Refusal */
export function selected(answer: unknown, fields: string | null): unknown {
  if (!fields) return answer;
  const reader = { text: fields, at: 0 };
  const wanted = list(reader);
  if (reader.at < fields.length) throw invalid(`Invalid field selection ${fields}`);
  return pick(answer, wanted);
}

interface Reader {
  readonly text: string;
  at: number;
}

function list(reader: Reader): Wanted {
  const wanted: Wanted = new Map();
  for (;;) {
    const [name] = /^[\w*.-]+/.exec(reader.text.slice(reader.at)) ?? [];
    if (name === undefined) throw invalid(`Invalid field selection ${reader.text}`);
    reader.at += name.length;
    wanted.set(name, both(wanted.get(name), below(reader)));
    if (reader.text[reader.at] !== ',') return wanted;
    reader.at += 1;
  }
}

/** What either wants; nothing named below a field means all of it. */
function both(one: Wanted | undefined, other: Wanted): Wanted {
  if (!one) return other;
  if (one.size === 0 || other.size === 0) return new Map();
  const merged = new Map(one);
  for (const [name, below] of other) merged.set(name, both(merged.get(name), below));
  return merged;
}

function below(reader: Reader): Wanted {
  if (reader.text[reader.at] === '/') {
    reader.at += 1;
    const [name = ''] = /^[\w*.-]+/.exec(reader.text.slice(reader.at)) ?? [];
    reader.at += name.length;
    return new Map([[name, below(reader)]]);
  }
  if (reader.text[reader.at] !== '(') return new Map();
  reader.at += 1;
  const wanted = list(reader);
  reader.at += 1;
  return wanted;
}

function pick(value: unknown, wanted: Wanted): unknown {
  if (wanted.size === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => pick(each, wanted));
  const rest = wanted.get('*');
  const kept = Object.entries(value).flatMap(([name, each]) => {
    const here = wanted.get(name) ?? rest;
    return here ? [[name, pick(each, here)]] : [];
  });
  return Object.fromEntries(kept);
}
