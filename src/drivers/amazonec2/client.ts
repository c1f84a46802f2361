import type { Site } from '../driver.ts';
import { answerLimit } from '../patience.ts';
import type { Api, Connection } from './api.ts';
import type { Place } from './settings.ts';

/** Gives the API of one region; the SDK is loaded, and credentials are looked for, at the first question. */
export type Ec2 = () => Promise<Api>;

export function ec2For(place: Place, site: Pick<Site, 'signal' | 'memory'>): Ec2 {
  let api: Promise<Api> | undefined;
  return () => {
    api ??= newOne();
    return api;
  };

  async function newOne(): Promise<Api> {
    const { region, endpoint, attempts } = place;
    const name = `amazonec2 ${region} ${endpoint} ${attempts}`;
    const connection = await site.memory.recall(name, () => connect(place));
    const { newApi } = await import('./api.ts');
    return newApi(connection, site);
  }
}

/** For one connection, in milliseconds. */
const CONNECTION_LIMIT = 10_000;

async function connect({ region, endpoint, attempts }: Place): Promise<Connection> {
  const { newConnection } = await import('./api.ts');
  const requestHandler = {
    connectionTimeout: CONNECTION_LIMIT,
    requestTimeout: answerLimit(),
    throwOnRequestTimeout: true,
  };
  return newConnection({ region, attempts, requestHandler, ...(endpoint ? { endpoint } : {}) });
}
