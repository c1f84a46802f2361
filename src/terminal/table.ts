import { oneLine } from './text.ts';

/** Rows under headings, in columns as wide as their widest cell; the last one is not padded. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return inColumns([headings, ...rows]).join('\n');
}

/** Rows under a sentence, in columns, each row further to the right than the sentence. */
export function indented(rows: readonly (readonly string[])[]): string {
  return inColumns(rows)
    .map((row) => `  ${row}`)
    .join('\n');
}

function inColumns(rows: readonly (readonly string[])[]): string[] {
  const all = rows.map((row) => row.map(oneLine));
  const most = Math.max(0, ...all.map((row) => row.length));
  const widths = Array.from({ length: most }, (_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd(),
  );
}
