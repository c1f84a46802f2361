/** One thing to do on a host. The texts are POSIX sh, run as root, each in a subshell of its own. */
export interface Step {
  /** What is being done, in a few words: "install the engine". */
  title: string;
  /** A test that ends with 0 when there is nothing left to do. Absent: what runs finds out by itself. */
  done?: string;
  /** What to do; run under `set -eu`. May use the functions of prelude.ts. */
  run: string;
  /** What the reader can do when it fails. */
  hint: string;
}

/**
 * Shell text without the indentation that its first line has here. What is put in is kept as it is, so that a
 * here-document stays one.
 */
export function sh(strings: TemplateStringsArray, ...values: string[]): string {
  const indent = /^\n( *)/.exec(strings[0] ?? '')?.[1] ?? '';
  const plain = strings.map((part) => part.replaceAll(`\n${indent}`, '\n'));
  return String.raw({ raw: plain }, ...values)
    .replace(/^\n/, '')
    .trimEnd();
}

/** A here-document that gives this text, ending in a newline, to the command before it. Nothing in it is expanded. */
export function hereDocument(text: string): string {
  const lines = text.endsWith('\n') ? text.slice(0, -1) : text;
  let end = 'END';
  while (lines.split('\n').includes(end)) end += '_';
  return `<<'${end}'\n${lines}\n${end}`;
}
