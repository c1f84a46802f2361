import { sentenceOf } from '../../errors.ts';
import type { Place } from './place.ts';

/** Azure's public list, for which nobody needs credentials. */
const PRICES = 'https://prices.azure.com/api/retail/prices';
const LIMIT = 10_000;

interface Item {
  readonly retailPrice: number;
  readonly currencyCode: string;
  readonly unitOfMeasure: string;
  readonly productName: string;
  readonly skuName: string;
}

/** What the machine itself costs; undefined, and a note, where that cannot be found out. */
export async function priceOf({ settings, site }: Place, size: string): Promise<string | undefined> {
  const url = process.env.SLIPWAY_AZURE_PRICES_URL || (settings.cloud.priced ? PRICES : undefined);
  if (url === undefined) return undefined;
  try {
    const item = (await itemsFor(url, settings.location, size)).find((each) =>
      isMeant(each, settings.spot !== undefined),
    );
    return item && `${item.retailPrice} ${item.currencyCode} an hour, without disk, address and traffic`;
  } catch (error) {
    site.note(`Azure's list of prices cannot be read: ${sentenceOf(error)}`);
    return undefined;
  }
}

async function itemsFor(url: string, location: string, size: string): Promise<Item[]> {
  const filter = [
    "serviceName eq 'Virtual Machines'",
    "priceType eq 'Consumption'",
    `armRegionName eq '${location}'`,
    `armSkuName eq '${size}'`,
  ].join(' and ');
  const asked = new URL(url);
  asked.searchParams.set('$filter', filter);
  const answer = await fetch(asked, { signal: AbortSignal.timeout(LIMIT) });
  if (!answer.ok) throw new Error(`${asked.host} answered ${answer.status}`);
  return ((await answer.json()) as { Items: Item[] }).Items;
}

/** A size has a price with Windows, one with what is left over, and one that may be taken away, beside its own. */
function isMeant({ productName, skuName, unitOfMeasure }: Item, spot: boolean): boolean {
  if (unitOfMeasure !== '1 Hour' || productName.includes('Windows') || skuName.endsWith('Low Priority')) return false;
  return skuName.endsWith('Spot') === spot;
}
