import { quote } from '../ssh/quote.ts';

const BEGIN = '# slipway: begin';
const END = '# slipway: end';

/**
 * OpenRC's settings of the service with ours at the end; the shell that reads them is POSIX sh, and it reads the words
 * in DOCKER_OPTS once more.
 * @param text the settings that are there, without ours
 */
export function withOurs(text: string, environment: ReadonlyMap<string, string>, words: readonly string[]): string {
  return [
    text === '' || text.endsWith('\n') ? text : `${text}\n`,
    `${BEGIN}\n`,
    words.length === 0 ? '' : `DOCKER_OPTS="\${DOCKER_OPTS:-} "${quote(words.map(plainWhereSafe).join(' '))}\n`,
    ...[...environment].map(([name, value]) => `export ${name}=${quote(value)}\n`),
    `${END}\n`,
  ].join('');
}

function plainWhereSafe(word: string): string {
  return /^[A-Za-z0-9_:/.=-]+$/.test(word) ? word : quote(word);
}

/** The settings without ours. */
export function withoutOurs(text: string): string {
  const begin = text.indexOf(`${BEGIN}\n`);
  const end = text.lastIndexOf(`${END}\n`);
  return begin < 0 || end < begin ? text : text.slice(0, begin) + text.slice(end + END.length + 1);
}
