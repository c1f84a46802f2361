import { type Checker, type Definitions, newChecker } from '../openapi.ts';
import { spec } from '../specs.ts';

/** Hetzner's definition, but for what its own words say otherwise than its types. */
export function checker(): Checker {
  const document = structuredClone(spec('hetzner/hcloud.openapi.json')) as Definitions & Loose;
  const fields = document.components.schemas.create_server_request.properties;
  const either = { anyOf: [{ type: 'string' }, { type: 'integer' }] };
  for (const field of ['server_type', 'image', 'location', 'datacenter']) fields[field] = either; // "ID or name"
  fields.ssh_keys = { type: 'array', items: either }; // "IDs (`integer`) or names (`string`)"
  return newChecker(document);
}

interface Loose {
  readonly components: {
    readonly schemas: { readonly create_server_request: { readonly properties: Record<string, unknown> } };
  };
}
