import { createHash } from 'node:crypto';
import type { Facts, FromItem, Mapping } from './facts.ts';
import { askerIn, OVF } from './library.ts';
import type { Place } from './place.ts';
import { failureWithin } from './rest-failures.ts';
import { notesFor } from './spec.ts';
import type { Ref } from './xml.ts';

/** An item is copied before the answer comes, in milliseconds. */
const LIMIT = 60 * 60_000;

/** Makes a machine, that is off and has its labels, of the item. @throws SlipwayError */
export async function deployed(place: Place, facts: Facts, source: FromItem, key: string): Promise<Ref> {
  const ask = await askerIn(place);
  const target = {
    resource_pool_id: facts.pool.id,
    folder_id: facts.folder.id,
    ...(facts.host === undefined ? {} : { host_id: facts.host.ref.id }),
  };
  const deployment = {
    name: key,
    annotation: notesFor(place, key),
    accept_all_EULA: true,
    storage_provisioning: 'thin',
    network_mappings: mapped(source.networks),
    ...(facts.datastore === undefined ? {} : { default_datastore_id: facts.datastore.ref.id }),
  };
  const path = `${OVF}/id:${source.id}?~action=deploy`;
  const body = { client_token: tokenOf(key), target, deployment_spec: deployment };
  const result = await ask({ method: 'POST', path, body, repeatable: true, limit: LIMIT });
  const { succeeded, resource_id: made, error } = result as Deployment;
  if (succeeded && made?.type === 'VirtualMachine') return made;
  throw failureWithin(error, `vSphere made no machine of the item "${source.name}"`);
}

/** Of vcenter.ovf.LibraryItem, as its reference has it. */
interface Deployment {
  readonly succeeded?: boolean;
  readonly resource_id?: Ref;
  readonly error?: unknown;
}

/** A UUID that is the key's own: for the same one, vSphere does not do again what it has done. */
function tokenOf(key: string): string {
  const digits = createHash('sha256').update(key).digest('hex');
  return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
}

function mapped(networks: Mapping): { readonly key: string; readonly value: string }[] {
  return networks.map(([key, { id }]) => ({ key, value: id }));
}
