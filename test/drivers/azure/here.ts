import tls from 'node:tls';
import { afterAll, beforeEach, expect } from '@jest/globals';
import { clientsOf } from '../../../src/drivers/azure/client.ts';
import azure from '../../../src/drivers/azure/index.ts';
import type { Driver, Ingress, Labels, Part } from '../../../src/drivers/driver.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { waitFor } from '../../../src/poll.ts';
import { type AzureCloud, type AzureOptions, startCloud } from '../../clouds/azure/index.ts';
import { newSite, type TestSite } from '../site.ts';

/** An Azure for the tests of one file, which must find nothing wrong with what it was asked. */
export async function azureHere(options: AzureOptions = {}): Promise<AzureCloud> {
  const cloud = await startCloud(options);
  const before = { ...process.env };
  trust(cloud.ca);
  Object.assign(process.env, cloud.env);
  await loadLibraries(cloud);
  beforeEach(() => {
    cloud.intercept = () => undefined;
  });
  afterAll(async () => {
    await cloud.close();
    for (const name of Object.keys(cloud.env)) restore(name, before[name]);
    expect(cloud.complaints).toEqual([]);
  });
  return cloud;
}

/** Flags with which a machine can be made in it. */
export function good(cloud: AzureCloud, more: FlagValues = {}): FlagValues {
  return {
    'azure-resource-manager-url': cloud.url,
    'azure-subscription-id': cloud.subscription,
    'azure-location': 'westeurope',
    'azure-size': 'Standard_B2ls_v2',
    'azure-image': 'debian-12',
    ...more,
  };
}

/** One machine through its life, as the core would lead it. */
export async function newMachine(cloud: AzureCloud, more: FlagValues = {}, about: About = {}) {
  const place = await newSite(about.userData === undefined ? {} : { bootstrap: bootstrapWith(about.userData) });
  const labels = { ...place.site.labels, ...about.labels };
  const site = { ...place.site, labels, ...(about.ingress ? { ingress: about.ingress } : {}) };
  const made: Record<string, string> = {};
  const driver = (): Driver => azure.driver(good(cloud, more), site);
  const keyOf = ({ kind, shared }: Part) => `slipway-${labels['slipway-store']}-${shared ?? `${site.machine}-${kind}`}`;
  return {
    place,
    site,
    made,
    driver,
    keyOf,
    async make() {
      for (const part of driver().parts) made[part.kind] = await part.create(keyOf(part), made);
      await waitFor({ what: 'the machine to run', limit: 60_000 }, () => driver().endpoint(made));
    },
    async destroy() {
      for (const part of [...driver().parts].reverse()) await part.destroy(made[part.kind] ?? keyOf(part));
      await place.remove();
    },
  };
}

interface About {
  readonly labels?: Labels;
  readonly ingress?: Ingress;
  readonly userData?: string;
}

export type TestMachine = Awaited<ReturnType<typeof newMachine>>;
export type { TestSite };

function bootstrapWith(userData: string) {
  return { userData, user: 'slipway', publicKey: 'ssh-ed25519 AAAA' };
}

/** Under jest that takes seconds, which no test shall pay for. */
async function loadLibraries({ url, subscription }: AzureCloud): Promise<void> {
  const clients = clientsOf({ url, priced: false }, subscription);
  await Promise.all([clients.compute(), clients.network(), clients.resources()]);
}

/** For this process what NODE_EXTRA_CA_CERTS is for a new one. */
export function trust(ca: string): void {
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), ca]);
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
