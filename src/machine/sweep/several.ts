/** How many are asked, or removed, at once: enough to be quick, and few enough for a place to bear. */
const AT_ONCE = 8;

/** Does the same with each, some at once; the results come in the order of the items. */
export async function several<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const rest = [...items.entries()];
  const lane = async () => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
      results[next[0]] = await work(next[1]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return results;
}
