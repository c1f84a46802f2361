import type { EngineFacts } from './facts.ts';
import { execStart } from './unit.ts';

/**
 * The words that dockerd is started with: those it runs with, else what its unit says, as far as that can be told
 * without expanding variables.
 */
export function argumentsOf(engine: EngineFacts): readonly string[] {
  if (engine.running) return engine.args;
  return execStart(engine.unit)?.split(/\s+/).slice(1) ?? [];
}

/** The values of a flag among the words, in both of its forms: `--label a=b`, `--label=a=b`; "" where it has none. */
export function valuesOf(words: readonly string[], ...flags: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    const flag = flags.map((name) => (name.length === 1 ? `-${name}` : `--${name}`)).find((one) => begins(word, one));
    if (flag === undefined) return [];
    if (word !== flag) return [word.slice(flag.length).replace(/^=/, '')];
    const next = words[index + 1];
    return [next === undefined || next.startsWith('-') ? '' : next];
  });
}

function begins(word: string, flag: string): boolean {
  return word === flag || word.startsWith(`${flag}=`);
}
