import { homedir } from 'node:os';
import { join } from 'node:path';
import type { compute_v1 } from '@googleapis/compute/build/v1.js';
import { ownIdentity, privateFile } from '../../ssh/own.ts';
import { type Endpoint, type Made, USER } from '../driver.ts';
import { instanceNow } from './instance.ts';
import type { Place } from './place.ts';

type Interface = compute_v1.Schema$NetworkInterface;

export async function endpointOf(place: Place, made: Made): Promise<Endpoint | undefined> {
  const { settings } = place;
  const instance = await instanceNow(place, made);
  const card = instance?.networkInterfaces?.[0];
  if (instance?.status !== 'RUNNING' || card === undefined) return undefined;
  const [host, ...names] = addressesOf(card, settings.reach);
  if (host === undefined) return undefined;
  const sshUser = settings.user ?? USER;
  const endpoint: Endpoint = { host, sshPort: 22, sshUser, enginePort: 2376, names };
  if (settings.key !== undefined) return { ...endpoint, identity: { file: settings.key } };
  return settings.existing ? { ...endpoint, identity: await identity() } : endpoint;
}

/** The one to connect to first. */
function addressesOf(card: Interface, reach: 'external' | 'internal'): string[] {
  const external = card.accessConfigs?.[0]?.natIP;
  const ipv6 = card.ipv6AccessConfigs?.[0]?.externalIpv6;
  const addresses = reach === 'internal' ? [card.networkIP] : [external, card.networkIP, ipv6];
  if (reach === 'external' && !external) return [];
  return addresses.filter((address): address is string => typeof address === 'string');
}

/** As the user logs in there: with a key of their own, else with the one that gcloud made for them. */
async function identity(): Promise<NonNullable<Endpoint['identity']>> {
  const own = await ownIdentity();
  if (own) return own;
  return { file: await privateFile(join(homedir(), '.ssh', 'google_compute_engine')) };
}
