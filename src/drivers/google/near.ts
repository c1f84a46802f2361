const SHOWN = 4;

/** An answer to a list. */
interface List {
  readonly items?: readonly Item[];
}

interface Item {
  readonly name?: string | null;
  readonly family?: string | null;
}

const byName = ({ name }: Item) => name;

export const byFamily = ({ family }: Item) => family;

/**
 * A hint with those names that look most like the one that there is not; none where the list may not be asked for, since
 * the role that we need does not include it.
 */
export async function near(wanted: string, listed: Promise<List>, nameOf = byName): Promise<{ hint?: string }> {
  const { items } = await listed.catch((): List => ({}));
  const names = (items ?? []).map((each) => nameOf(each) ?? '');
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
