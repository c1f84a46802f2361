import type { Part } from '../driver.ts';
import type { OpenStack } from './client.ts';
import { ifThere, isForbidden, quotaFailure } from './failures.ts';
import { allPages } from './pages.ts';
import { missing, type Place, SETTLES } from './place.ts';

/** As the compute service knows it: it is the user's, not the project's, and its name is its id. */
interface Keypair {
  readonly keypair: { readonly name: string };
}

/** The machine's SSH key. */
export function keypairPart(place: Place): Part {
  const { compute } = place.openstack;
  const find = async (key: string) => (await ifThere(compute.ask<Keypair>('GET', pathOf(key))))?.keypair.name;
  return {
    kind: 'keypair',
    settles: SETTLES,
    find,
    create: async (key) => (await find(key)) ?? (await make(place, key)),
    destroy: async (name) => {
      await ifThere(compute.ask('DELETE', pathOf(name)));
    },
  };
}

async function make(place: Place, name: string): Promise<string> {
  const { publicKey } = place.site.bootstrap ?? missing('key');
  const ask = place.openstack.compute.ask('POST', '/os-keypairs', {
    body: { keypair: { name, type: 'ssh', public_key: publicKey } },
  });
  await ask.catch(async (error: unknown) => {
    if (isForbidden(error)) await refuseWhatIsTooMuch(place, error);
    throw error;
  });
  return name;
}

async function refuseWhatIsTooMuch({ openstack }: Place, cause: unknown): Promise<void> {
  const { limits } = await openstack.compute.ask<{ limits: { absolute: { maxTotalKeypairs: number } } }>(
    'GET',
    '/limits',
  );
  const most = limits.absolute.maxTotalKeypairs;
  const all = await keypairsIn(openstack);
  if (most >= 0 && all.length >= most) throw quotaFailure(`key pairs than ${most}`, cause);
}

/** All of the user's. */
export async function keypairsIn({ compute }: OpenStack): Promise<string[]> {
  const all = await allPages<Keypair>(compute, '/os-keypairs', 'keypairs');
  return all.map(({ keypair }) => keypair.name);
}

function pathOf(name: string): string {
  return `/os-keypairs/${encodeURIComponent(name)}`;
}
