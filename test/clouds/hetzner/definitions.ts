import { type Checker, type Definitions, newChecker } from '../openapi.ts';
import { spec } from '../specs.ts';

/** Hetzner's definition, but for what its own words say otherwise than its types. */
export function checker(): Checker {
  const document = structuredClone(spec('hetzner/hcloud.openapi.json')) as Loose;
  const fields = document.components.schemas.create_server_request.properties;
  const either = { anyOf: [{ type: 'string' }, { type: 'integer' }] };
  for (const field of ['server_type', 'image', 'location', 'datacenter']) fields[field] = either; // "ID or name"
  fields.ssh_keys = { type: 'array', items: either }; // "IDs (`integer`) or names (`string`)"
  document.paths['/actions'].get.parameters.push({ name: 'page', in: 'query', schema: { type: 'integer' } }); // of hcloud 1.30
  return newChecker(document as unknown as Definitions);
}

interface Loose {
  readonly paths: { readonly '/actions': { readonly get: { readonly parameters: object[] } } };
  readonly components: {
    readonly schemas: { readonly create_server_request: { readonly properties: Record<string, unknown> } };
  };
}
