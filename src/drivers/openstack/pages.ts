import type { Question, Rest } from '../rest.ts';

interface Link {
  readonly rel: string;
}

/** A key pair has no id but its name. */
interface Kept {
  readonly id?: string;
  readonly keypair?: { readonly name: string };
}

type Page<T> = Readonly<Record<string, readonly T[]>>;

/**
 * All of a collection, which is asked for at the path and stands in the answer under the name. A service that gives a page
 * only says so in a list of links, and takes the last thing's id to go on from.
 */
export async function allPages<T>(rest: Rest, path: string, name: string, query: Question['query'] = {}): Promise<T[]> {
  const things: T[] = [];
  for (let from: string | undefined; ; ) {
    const asked = { query: { ...query, ...(from === undefined ? {} : { marker: from }) } };
    const answer = await rest.ask<Page<T>>('GET', path, asked);
    const page = answer[name] ?? [];
    things.push(...page);
    const links = (answer as unknown as Record<string, readonly Link[] | undefined>)[`${name}_links`] ?? [];
    const last = page.at(-1) as Kept | undefined;
    from = last?.id ?? last?.keypair?.name;
    if (from === undefined || !('next' in answer || links.some(({ rel }) => rel === 'next'))) return things;
  }
}
