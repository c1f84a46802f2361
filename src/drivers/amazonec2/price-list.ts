import { type Filter, GetProductsCommand, PricingClient } from '@aws-sdk/client-pricing';
import { failureOf } from './failures.ts';

/** For one connection and for one answer, in milliseconds: a price is not worth a long wait. */
const CONNECTION_LIMIT = 5000;
const ANSWER_LIMIT = 10_000;

/**
 * What AWS's list of prices has of EC2 where all these attributes are so, each entry a text in JSON. This file is loaded,
 * with its SDK, when somebody asks.
 * @param home the region that has the list
 */
export async function entriesOf(
  home: string,
  attributes: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const requestHandler = {
    connectionTimeout: CONNECTION_LIMIT,
    requestTimeout: ANSWER_LIMIT,
    throwOnRequestTimeout: true,
  };
  const client = new PricingClient({ region: home, maxAttempts: 2, requestHandler });
  const Filters = Object.entries(attributes).map(([Field, Value]): Filter => ({ Type: 'TERM_MATCH', Field, Value }));
  const input = { ServiceCode: 'AmazonEC2', Filters, MaxResults: 100 };
  try {
    const { PriceList = [] } = await client.send(new GetProductsCommand(input), signal ? { abortSignal: signal } : {});
    return PriceList.map(String);
  } catch (error) {
    throw failureOf(error, { service: 'pricing', action: 'GetProducts', region: home, signal, input });
  } finally {
    client.destroy();
  }
}
