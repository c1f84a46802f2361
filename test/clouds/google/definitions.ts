import { spec } from '../specs.ts';

/** A type as Google's discovery documents write it: JSON Schema of draft 3, in part. */
export interface Schema {
  readonly id?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly $ref?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly description?: string;
  readonly required?: boolean;
  readonly repeated?: boolean;
  readonly location?: string;
  readonly annotations?: { readonly required?: readonly string[] };
}

export interface Method {
  /** "compute.instances.insert". */
  readonly id: string;
  readonly httpMethod: string;
  /** "projects/{project}/zones/{zone}/instances". */
  readonly path: string;
  readonly parameters: Readonly<Record<string, Schema>>;
  readonly request?: { readonly $ref: string };
  readonly response?: { readonly $ref: string };
}

interface Discovery {
  readonly parameters: Readonly<Record<string, Schema>>;
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly resources: Readonly<Record<string, { readonly methods: Readonly<Record<string, Method>> }>>;
}

interface Field {
  readonly type: string;
  readonly rule?: string;
  readonly keyType?: string;
}

interface Message {
  readonly fields?: Readonly<Record<string, Field>>;
  readonly nested?: Readonly<Record<string, { readonly values?: Readonly<Record<string, number>> }>>;
}

const discovery = spec('google/compute-v1.discovery-20220831.json') as Discovery;
const protos = (spec('google/compute-v1.protos.json') as { nested: Record<string, Message> }).nested;

const PROJECT = discovery.resources.networks?.methods.get?.parameters.project ?? {};
const NETWORK = discovery.resources.networks?.methods.get?.parameters.network ?? {};
const REQUEST_ID: Schema = { type: 'string', location: 'query' };
const LIST = discovery.resources.instances?.methods.aggregatedList?.parameters ?? {};

/**
 * Methods that are missing in our extract of the definitions; as in Google's own command line 528 (generated_clients,
 * compute_v1_client.py). Their types are in the extract.
 */
const BESIDES: readonly Method[] = [
  {
    id: 'compute.networks.insert',
    httpMethod: 'POST',
    path: 'projects/{project}/global/networks',
    parameters: { project: PROJECT, requestId: REQUEST_ID },
    request: { $ref: 'Network' },
    response: { $ref: 'Operation' },
  },
  {
    id: 'compute.networks.delete',
    httpMethod: 'DELETE',
    path: 'projects/{project}/global/networks/{network}',
    parameters: { project: PROJECT, network: NETWORK, requestId: REQUEST_ID },
    response: { $ref: 'Operation' },
  },
  ...['disks', 'addresses'].map((collection) => ({
    id: `compute.${collection}.aggregatedList`,
    httpMethod: 'GET',
    path: `projects/{project}/aggregated/${collection}`,
    parameters: LIST,
  })),
];

/** Every method, with the query parameters that any method takes. */
export const methods: readonly Method[] = [
  ...Object.values(discovery.resources).flatMap((resource) => Object.values(resource.methods)),
  ...BESIDES,
].map((method) => ({ ...method, parameters: { ...method.parameters, ...discovery.parameters } }));

/** A type by its name: the older definition, with what the newer one added to it. */
export function typeNamed(name: string): Schema {
  const known = types.get(name) ?? merged(name);
  types.set(name, known);
  return known;
}

const types = new Map<string, Schema>();

function merged(name: string): Schema {
  const [old, message] = [discovery.schemas[name], protos[name]];
  if (!old && !message?.fields) throw new Error(`The definitions have no type "${name}"`);
  const added = Object.entries(message?.fields ?? {}).map(([field, type]) => fromProto(field, type, message));
  const properties: Record<string, Schema> = { ...Object.fromEntries(added) };
  for (const [field, type] of Object.entries(old?.properties ?? {}))
    properties[field] = joined(type, properties[field]);
  return { ...old, id: name, type: 'object', properties };
}

/** The older definition writes out within a type what the newer one names. */
function joined(old: Schema, added: Schema | undefined): Schema {
  if (!added) return old;
  if (old.type === 'array' && old.items) return { ...old, items: joined(old.items, added.items) };
  if (old.properties && added.$ref !== undefined) {
    const { properties: known = {} } = typeNamed(added.$ref);
    const fields = Object.entries(old.properties).map(([field, type]) => [field, joined(type, known[field])] as const);
    return { ...old, properties: { ...known, ...Object.fromEntries(fields) } };
  }
  return old.enum ? { ...old, enum: [...old.enum, ...(added.enum ?? [])] } : old;
}

const SCALARS: Readonly<Record<string, Schema>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  uint32: { type: 'integer', format: 'uint32' },
  int64: { type: 'string', format: 'int64' },
  uint64: { type: 'string', format: 'uint64' },
  float: { type: 'number' },
  double: { type: 'number' },
  bytes: { type: 'string', format: 'byte' },
};

function fromProto(field: string, { type, rule, keyType }: Field, message: Message | undefined): [string, Schema] {
  const name = field.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const values = message?.nested?.[name.charAt(0).toUpperCase() + name.slice(1)]?.values;
  const scalar = SCALARS[type] ?? (protos[type]?.fields ? { $ref: type } : { type: 'string' });
  const one: Schema = values ? { type: 'string', enum: Object.keys(values) } : scalar;
  if (keyType !== undefined) return [name, { type: 'object', additionalProperties: one }];
  return [name, rule === 'repeated' ? { type: 'array', items: one } : one];
}
