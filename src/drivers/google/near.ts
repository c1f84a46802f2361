const SHOWN = 4;

/** A hint with those of the names that look most like the one that there is not. */
export function near(wanted: string, names: readonly string[]): { hint?: string } {
  const known = [...new Set(names)].filter((name) => name !== '');
  const sorted = known.sort((a, b) => likeness(b, wanted) - likeness(a, wanted));
  return sorted.length > 0 ? { hint: `There are: ${sorted.slice(0, SHOWN).join(', ')}` } : {};
}

/** How many words, and then letters, two names have in common from their beginning, and how many words at all. */
function likeness(name: string, wanted: string): number {
  const words = wanted.split('-');
  const shared = name.split('-').filter((word) => words.includes(word)).length;
  let letters = 0;
  while (letters < name.length && name[letters] === wanted[letters]) letters += 1;
  return shared * 100 + letters;
}
