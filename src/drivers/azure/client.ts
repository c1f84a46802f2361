import type { ComputeManagementClient, ComputeManagementClientOptionalParams } from '@azure/arm-compute';
import type { NetworkManagementClient } from '@azure/arm-network';
import type { ResourceManagementClient } from '@azure/arm-resources';
import type { DefaultAzureCredential } from '@azure/identity';
import { once } from '../../memory.ts';
import type { Cloud } from './clouds.ts';
import { newPolicies } from './policies.ts';

/** The clients of one subscription; each is made, and its library loaded, on first use. */
export interface Clients {
  compute(): Promise<ComputeManagementClient>;
  network(): Promise<NetworkManagementClient>;
  resources(): Promise<ResourceManagementClient>;
}

/** By whom they ask: a token costs a call or a run of `az`, so one process asks for it once. */
const known = new Map<string, Clients>();

export function clientsOf(cloud: Cloud, subscription: string): Clients {
  const key = `${cloud.url} ${subscription}`;
  const clients = known.get(key) ?? newClients(cloud, subscription);
  known.set(key, clients);
  return clients;
}

function newClients(cloud: Cloud, subscription: string): Clients {
  const credential = once(() => newCredential(cloud));
  const options = optionsFor(cloud);
  return {
    compute: once(async () => {
      const { ComputeManagementClient } = await import('@azure/arm-compute');
      return new ComputeManagementClient(await credential(), subscription, options);
    }),
    network: once(async () => {
      const { NetworkManagementClient } = await import('@azure/arm-network');
      return new NetworkManagementClient(await credential(), subscription, options);
    }),
    resources: once(async () => {
      const { ResourceManagementClient } = await import('@azure/arm-resources');
      return new ResourceManagementClient(await credential(), subscription, options);
    }),
  };
}

/** Environment, workload identity, managed identity, and whoever is logged in to Azure's own tools. */
async function newCredential(cloud: Cloud): Promise<DefaultAzureCredential> {
  const { DefaultAzureCredential } = await import('@azure/identity');
  const authorityHost = process.env.AZURE_AUTHORITY_HOST || cloud.authority;
  return new DefaultAzureCredential({
    ...(authorityHost === undefined ? {} : { authorityHost }),
    disableInstanceDiscovery: cloud.authority === undefined, // the public cloud knows nothing of one run by somebody else
  });
}

function optionsFor(cloud: Cloud): ComputeManagementClientOptionalParams {
  return {
    endpoint: cloud.url,
    credentials: { scopes: [`${cloud.url}/.default`] },
    userAgentOptions: { userAgentPrefix: 'slipway' },
    additionalPolicies: newPolicies(),
  };
}
