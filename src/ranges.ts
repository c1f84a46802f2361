/** Names as a person says them, those that differ only in a number that counts up as a range: "db", "web-1" … "web-20". */
export function inRanges(names: readonly string[]): string {
  const runs: string[][] = [];
  for (const name of names) {
    const run = runs.at(-1);
    if (run && follows(run.at(-1) as string, name)) run.push(name);
    else runs.push([name]);
  }
  return runs.flatMap(rangeOf).join(', ');
}

/** Two in a row are no range yet. */
function rangeOf(run: readonly string[]): string[] {
  const quoted = run.map((name) => `"${name}"`);
  return run.length > 2 ? [`${quoted[0]} … ${quoted.at(-1)}`] : quoted;
}

function follows(one: string, next: string): boolean {
  const [, stem, digits = ''] = /^(.*?)(0|[1-9]\d{0,8})$/.exec(one) ?? [];
  return stem !== undefined && next === `${stem}${Number(digits) + 1}`;
}
