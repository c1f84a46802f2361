import { codeOf } from '../../errors.ts';
import type { Site } from '../driver.ts';
import type { Settings } from './settings.ts';

/** What an instance on demand costs, or why that is not known: nobody needs the price to make a machine. */
export async function onDemandPrice(settings: Settings, { signal, memory }: Site): Promise<string> {
  const { type, region, endpoint } = settings;
  const home = endpoint === undefined ? homeOf(region) : undefined;
  if (home === undefined) return notKnown(`AWS tells no prices for "${endpoint ?? region}"`);
  try {
    const price = await memory.recall(`amazonec2 price ${region} ${type}`, () => listed(home, settings, signal));
    return price === undefined ? notKnown(`AWS's list has none of "${type}" in "${region}"`) : anHour(price);
  } catch (error) {
    if (codeOf(error) === 'interrupted') throw error;
    return notKnown(error instanceof Error ? error.message : String(error));
  }
}

export function notKnown(why: string): string {
  return `not known: ${why}; see https://aws.amazon.com/ec2/pricing/on-demand/`;
}

/** In the words of every price: "0.0208 USD an hour, …" */
export function anHour({ amount, currency }: Price): string {
  return `${amount} ${currency} an hour, without disk, address and traffic`;
}

export interface Price {
  readonly amount: number;
  readonly currency: string;
}

/** The region that has the list for this one; the credentials of other parts of AWS open none. */
function homeOf(region: string): string | undefined {
  if (region.startsWith('cn-')) return 'cn-northwest-1';
  return /^(us-gov|us-iso|eu-iso|eusc)/.test(region) ? undefined : 'us-east-1';
}

async function listed(home: string, { type, region }: Settings, signal?: AbortSignal): Promise<Price | undefined> {
  const { entriesOf } = await import('./price-list.ts');
  const attributes = {
    instanceType: type,
    regionCode: region,
    operatingSystem: 'Linux',
    preInstalledSw: 'NA',
    tenancy: 'Shared',
    capacitystatus: 'Used',
  };
  const entries = await entriesOf(home, attributes, signal);
  return entries.flatMap((text) => pricesIn(JSON.parse(text)))[0];
}

/** An entry of the list, as far as it matters ("Reading the service price list file" in the Billing guide). */
interface Entry {
  readonly terms?: { readonly OnDemand?: Readonly<Record<string, Term>> };
}

interface Term {
  readonly priceDimensions?: Readonly<Record<string, Dimension>>;
}

interface Dimension {
  readonly unit?: string;
  /** "0.0208000000" by "USD" */
  readonly pricePerUnit?: Readonly<Record<string, string>>;
}

function pricesIn({ terms }: Entry): Price[] {
  const dimensions = Object.values(terms?.OnDemand ?? {}).flatMap((term) => Object.values(term.priceDimensions ?? {}));
  const hourly = dimensions.filter(({ unit }) => unit === 'Hrs');
  const prices = hourly.flatMap(({ pricePerUnit = {} }) => Object.entries(pricePerUnit));
  return prices.map(([currency, amount]) => ({ currency, amount: Number(amount) })).filter(({ amount }) => amount > 0);
}
