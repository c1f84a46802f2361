/** The least width of a column, and how many blanks stand behind its widest cell. */
const [LEAST, GAP] = [5, 3];

/**
 * Lines with tabs in columns, as Go's text/tabwriter aligns them: a column reaches over the lines that follow each other
 * and have a cell in it that a tab ends; what stands behind the last tab of a line is in none.
 */
export function aligned(text: string): string {
  const lines = text.split('\n').map((line) => line.split('\t'));
  const widths = lines.map(() => [] as number[]);
  for (const [n, cells] of lines.entries()) {
    for (let column = 0; column < cells.length - 1; column++) {
      if (widths[n]?.[column] !== undefined) continue;
      const end = lines.findIndex((other, m) => m > n && other.length - 1 <= column);
      const block = lines.slice(n, end < 0 ? undefined : end);
      const width = Math.max(LEAST, ...block.map((other) => [...(other[column] ?? '')].length + GAP));
      for (let m = n; m < n + block.length; m++) (widths[m] as number[])[column] = width;
    }
  }
  const padded = (cell: string, width: number | undefined) =>
    cell + ' '.repeat(Math.max((width ?? 0) - [...cell].length, 0));
  return lines.map((cells, n) => cells.map((cell, column) => padded(cell, widths[n]?.[column])).join('')).join('\n');
}
