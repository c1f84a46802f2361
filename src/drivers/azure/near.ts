/** A sentence with the names most like the one that there is not. */
export function near(name: string, names: readonly string[], most = 5): string {
  const wanted = pairs(name);
  const ranked = [...new Set(names)]
    .map((each) => ({ each, likeness: likeness(wanted, pairs(each)) }))
    .sort((a, b) => b.likeness - a.likeness || a.each.localeCompare(b.each));
  if (ranked.length === 0) return 'There are none.';
  return `There ${ranked.length === 1 ? 'is' : 'are'} ${ranked
    .slice(0, most)
    .map(({ each }) => each)
    .join(', ')}${ranked.length > most ? ', …' : '.'}`;
}

/** Dice's coefficient of the pairs of letters. */
function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const both = [...one].filter((pair) => other.has(pair)).length;
  return (2 * both) / (one.size + other.size || 1);
}

function pairs(name: string): Set<string> {
  const word = name.toLowerCase();
  return new Set([...word].map((letter, index) => letter + (word[index + 1] ?? '')));
}
