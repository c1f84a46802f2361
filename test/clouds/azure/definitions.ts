import { spec } from '../specs.ts';

/** One operation of Azure's, by its vendor's definition. */
export interface Operation {
  /** "virtualMachines.createOrUpdate" */
  readonly name: string;
  readonly service: Service;
  readonly method: string;
  /** "/subscriptions/{subscriptionId}/resourcegroups/{resourceGroupName}" */
  readonly template: string;
  readonly queries: ReadonlySet<string>;
  /** The class of the request's body. */
  readonly body?: string;
  /** The class of the answer's, by status. */
  readonly answers: ReadonlyMap<number, string>;
  readonly version: string;
}

export type Service = 'compute' | 'network' | 'resources';

interface Definition {
  readonly path: string;
  readonly method: string;
  readonly requestBody?: string;
  readonly query?: readonly string[];
  readonly responses: readonly (readonly [string, string | null])[];
}

export interface Mapper {
  readonly type: {
    readonly name: string;
    readonly className?: string;
    readonly modelProperties?: Readonly<Record<string, Property>>;
  };
}

export interface Property {
  readonly serializedName: string;
  readonly required?: boolean;
  readonly readOnly?: boolean;
  readonly constraints?: Readonly<Record<string, unknown>>;
  readonly type: PropertyType;
}

export interface PropertyType {
  readonly name: string;
  readonly className?: string;
  readonly element?: { readonly type: PropertyType };
  readonly value?: { readonly type: PropertyType };
  readonly allowedValues?: readonly unknown[];
}

interface Definitions {
  readonly operations: Readonly<Record<string, Readonly<Record<string, Definition>>>>;
  readonly mappers: Readonly<Record<string, Mapper>>;
}

/** Those of the packages from which the definitions are: models/parameters of @azure/arm-compute 23.3.0 and its siblings. */
const VERSIONS: Readonly<Record<Service, Readonly<Record<string, string>>>> = {
  compute: { apiVersion: '2025-04-01', apiVersion1: '2025-01-02', apiVersion2: '2021-07-01' },
  network: { apiVersion: '2025-05-01' },
  resources: { apiVersion: '2025-04-01' },
};

/** Of "resources.getById" each type has its own. */
export const VERSIONS_BY_TYPE: Readonly<Record<string, string>> = {
  'microsoft.compute/diskencryptionsets': '2025-01-02',
  'microsoft.compute/availabilitysets': '2025-04-01',
  'microsoft.compute/images': '2025-04-01',
  'microsoft.managedidentity/userassignedidentities': '2023-01-31',
};

/** What the package has, and the trimmed definitions have not: operations/usageOperations of @azure/arm-compute 23.3.0. */
const USAGES: Definitions = {
  operations: {
    usage: {
      list: {
        path: '/subscriptions/{subscriptionId}/providers/Microsoft.Compute/locations/{location}/usages',
        method: 'GET',
        query: ['apiVersion'],
        responses: [['200', null]],
      },
    },
  },
  mappers: {},
};

const files: readonly (readonly [Service, Definitions])[] = [
  ['compute', spec('azure/arm-compute.mappers.json') as Definitions],
  ['network', spec('azure/arm-network.mappers.json') as Definitions],
  ['resources', spec('azure/arm-resources.mappers.json') as Definitions],
  ['compute', USAGES],
];

/** Of what works with resources of any type: the rest would fit paths that there are not. */
const GENERIC = new Set(['list', 'listByResourceGroup', 'getById']);

const operations: readonly Operation[] = files.flatMap(([service, { operations }]) =>
  Object.entries(operations).flatMap(([group, members]) =>
    Object.entries(members)
      .filter(([name, { path }]) => path !== '{nextLink}' && (group !== 'resources' || GENERIC.has(name)))
      .map(([name, definition]) => operationOf(service, `${group}.${name}`, definition)),
  ),
);

export const mappers: Readonly<Record<Service, Readonly<Record<string, Mapper>>>> = {
  compute: files[0]?.[1].mappers ?? {},
  network: files[1]?.[1].mappers ?? {},
  resources: files[2]?.[1].mappers ?? {},
};

/** The operation that such a request asks for; the one with the fewest names left open where several fit. */
export function operationFor(method: string, path: string): Operation | undefined {
  return operations
    .filter((each) => each.method === method && shapeOf(each.template).test(path))
    .sort((a, b) => open(a) - open(b) || b.template.length - a.template.length)[0];
}

function open({ template }: Operation): number {
  return template === '/{resourceId}' ? 99 : template.split('{').length;
}

/** Of a resource in a group. */
const ID = 'subscriptions/[^/]+/resourceGroups/[^/]+/providers/[^/]+/[^/]+/[^/]+';

const shapes = new Map<string, RegExp>();

/** Azure is not particular about capitals in paths. */
function shapeOf(template: string): RegExp {
  const known = shapes.get(template);
  if (known) return known;
  const source = template
    .replace(/[.]/g, '\\.')
    .replaceAll(/\{(\w+)\}/g, (_, name) => (name === 'resourceId' ? ID : '[^/]+'));
  const shape = new RegExp(`^${source}$`, 'i');
  shapes.set(template, shape);
  return shape;
}

function operationOf(service: Service, name: string, definition: Definition): Operation {
  const query = definition.query ?? [];
  const answers = definition.responses.flatMap(([status, body]) =>
    body !== null && status !== 'default' ? [[Number(status), body] as const] : [],
  );
  const body = definition.requestBody === undefined ? undefined : answers[0]?.[1]; // a PUT answers with what was put
  return {
    name,
    service,
    method: definition.method,
    template: definition.path,
    queries: new Set(query.map(queryName)),
    ...(body !== undefined && definition.method === 'PUT' ? { body } : {}),
    answers: new Map(answers),
    version: VERSIONS[service][query.find((each) => each.startsWith('apiVersion')) ?? ''] ?? '',
  };
}

/** The library's name for a parameter of the query, "expand3", as it stands in the address: "$expand". */
function queryName(parameter: string): string {
  const name = parameter.replace(/\d+$/, '');
  if (name === 'apiVersion') return 'api-version';
  return ['expand', 'filter', 'top', 'orderby', 'skipToken'].includes(name) ? `$${name.toLowerCase()}` : name;
}
