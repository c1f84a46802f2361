import { sentence } from './errors.ts';
import type { OldRow } from './rows.ts';

const KEYS = ['driver', 'state', 'name', 'swarm', 'label'] as const;

type Key = (typeof KEYS)[number];

/**
 * Which rows the filters of `ls` let through: of one key any, of different keys all.
 * @throws Error in docker-machine's words
 */
export function filterOf(filters: readonly string[]): (row: OldRow) => boolean {
  const wanted = filters.map((text): readonly [Key, (row: OldRow) => boolean] => {
    const [, typed, value] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    if (typed === undefined || value === undefined) throw sentence('Unsupported filter syntax');
    const key = KEYS.find((each) => each === typed.toLowerCase());
    if (key === undefined) throw sentence(`Unsupported filter key '${typed}'`);
    return [key, testOf(key, value)];
  });
  const present = KEYS.filter((key) => wanted.some(([other]) => other === key));
  return (row) => present.every((key) => wanted.some(([other, test]) => other === key && test(row)));
}

function testOf(key: Key, value: string): (row: OldRow) => boolean {
  const same = (text: string) => text.toLowerCase() === value.toLowerCase();
  if (key === 'driver') return ({ DriverName }) => same(DriverName);
  if (key === 'state') return ({ State }) => same(State);
  if (key === 'swarm') return ({ Swarm, Name }) => Swarm === value || (Name === value && Swarm === `${value} (master)`);
  if (key === 'label') return labelled(value);
  const pattern = patternOf(value);
  return ({ Name }) => pattern.test(Name);
}

/** KEY=VALUE, the value in whatever case. */
function labelled(filter: string): (row: OldRow) => boolean {
  const [key, value] = parts(filter);
  if (value === undefined) throw sentence(`Unsupported filter syntax: label=${filter} (label=KEY=VALUE is meant)`);
  return ({ labels }) =>
    labels.map(parts).some(([name, of = '']) => name === key && of.toLowerCase() === value.toLowerCase());
}

function parts(label: string): [string, string?] {
  const at = label.indexOf('=');
  return at < 0 ? [label] : [label.slice(0, at), label.slice(at + 1)];
}

/** Go has what holds for all of a pattern at its beginning: "(?i)web". */
function patternOf(value: string): RegExp {
  const [, flags = '', pattern = value] = /^\(\?([ims]+)\)(.*)$/s.exec(value) ?? [];
  try {
    return new RegExp(pattern, flags);
  } catch (cause) {
    throw sentence(`error parsing regexp: \`${value}\``, cause);
  }
}
