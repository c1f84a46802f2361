/** The names that are most like the one that was meant, the likest first. */
export function nearest(wanted: string, names: readonly string[], most = 5): string[] {
  const rated = names.map((name) => ({ name, off: distance(wanted, name) }));
  rated.sort((a, b) => a.off - b.off || a.name.localeCompare(b.name));
  return rated.slice(0, most).map(({ name }) => name);
}

/** How many letters to put in, take out or change (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [above, letter] of [...from].entries()) {
    const next = [above + 1];
    for (const [at, other] of [...to].entries()) {
      const change = (row[at] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(change, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
