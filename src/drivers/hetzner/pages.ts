import type { Question, Rest } from '../rest.ts';

/** Whatever bears a label of ours. */
export const SELECTOR = { label_selector: 'slipway-key' };

type Page<T> = Readonly<Record<string, readonly T[]>> & {
  readonly meta?: { readonly pagination: { readonly next_page: number | null } };
};

/** The longest page that Hetzner gives. */
const LONGEST = 50;

export async function allPages<T>(rest: Rest, collection: string, query: Question['query'] = {}): Promise<T[]> {
  const things: T[] = [];
  for (let page: number | null | undefined = 1; page; ) {
    const asked = { query: { ...query, page, per_page: LONGEST } };
    const answer: Page<T> = await rest.ask<Page<T>>('GET', `/${collection}`, asked);
    things.push(...(answer[collection] ?? []));
    page = answer.meta?.pagination.next_page;
  }
  return things;
}
