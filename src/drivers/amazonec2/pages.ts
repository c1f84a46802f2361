interface Page {
  NextToken?: string | undefined;
}

/** All items of all pages of an answer. */
export async function allPages<I extends Page, O extends Page, T>(
  call: (input: I) => Promise<O>,
  input: I,
  items: (page: O) => readonly T[] | undefined,
): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const page = await call(token === undefined ? input : { ...input, NextToken: token });
    all.push(...(items(page) ?? []));
    token = page.NextToken || undefined;
  } while (token !== undefined);
  return all;
}
