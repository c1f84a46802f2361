import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Example {
  readonly file: string;
  /** As it stands in the page, without the prompt. */
  readonly command: string;
  /** The lines under it, up to the next command. */
  readonly output: readonly string[];
}

/** The README, and every page under docs/ except the decisions, which are history. */
export function pages(): string[] {
  const docs = readdirSync('docs', { recursive: true, encoding: 'utf8' });
  const current = docs.filter((file) => file.endsWith('.md') && !file.startsWith('decisions'));
  return ['README.md', 'CONTRIBUTING.md', ...current.map((file) => join('docs', file))];
}

/** What stands behind a prompt in the page's console blocks, with what is printed. */
export function consoleExamples(file: string): Example[] {
  const examples: { file: string; command: string; output: string[] }[] = [];
  for (const line of blocks(file, 'console').flat()) {
    if (line.startsWith('$ ')) examples.push({ file, command: line.slice(2), output: [] });
    else examples.at(-1)?.output.push(line);
  }
  return examples;
}

/** Every line of the page's shell and console blocks that is typed. */
export function typedLines(file: string): string[] {
  const typed = consoleExamples(file).map(({ command }) => command);
  return [...typed, ...blocks(file, 'sh').flat()].map((line) => line.replace(/\s+#.*$/, '').trim()).filter(Boolean);
}

function blocks(file: string, language: string): string[][] {
  const text = readFileSync(file, 'utf8');
  const found = text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  return [...found].map((match) => (match[1] ?? '').trimEnd().split('\n'));
}
