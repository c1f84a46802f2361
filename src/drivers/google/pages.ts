/** What bears a label of ours; cloud.google.com/compute/docs/reference/rest/v1/instances/list, "filter". */
export const LABELLED = 'labels.slipway-key:*';

/** What we need to know of whatever is in a list. */
export interface Thing {
  readonly name?: string | null;
  readonly selfLink?: string | null;
  readonly status?: string | null;
  readonly description?: string | null;
  readonly labels?: Record<string, string> | null;
}

/** What an aggregated list has of one zone or region. */
export interface Scoped {
  readonly warning?: { readonly code?: string | null };
  readonly instances?: readonly Thing[];
  readonly disks?: readonly Thing[];
  readonly addresses?: readonly Thing[];
}

interface Page {
  readonly nextPageToken?: string | null;
}

export async function pagesOf<T extends Page>(ask: (pageToken: { pageToken?: string }) => Promise<T>): Promise<T[]> {
  const pages: T[] = [];
  for (let token: string | null | undefined; pages.length === 0 || token; token = pages.at(-1)?.nextPageToken) {
    pages.push(await ask(token ? { pageToken: token } : {}));
  }
  return pages;
}
