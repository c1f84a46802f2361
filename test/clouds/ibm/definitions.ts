import { type Checker, type Definitions, newChecker } from '../openapi.ts';
import { spec } from '../specs.ts';

/** What of IBM's own client was written down: each operation, and the types that travel. */
interface Distilled {
  readonly operations: Readonly<Record<string, OperationSpec>>;
  readonly types: Readonly<Record<string, TypeSpec>>;
}

interface OperationSpec {
  readonly method: string;
  readonly url: string;
  readonly required: readonly string[];
  /** Fields of the body, and the parameters of the client that give them. */
  readonly body: readonly (readonly [string, string])[];
  readonly bodyParam?: string;
  readonly query: readonly string[];
  readonly paramType: string;
  readonly response: string;
}

interface TypeSpec {
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, PropertySpec>>;
  readonly extends?: readonly string[];
  readonly variants?: readonly string[];
}

type PropertySpec = { readonly [keyword: string]: unknown };

const distilled = () => spec('ibm-vpc/vpc-v1.operations.json') as Distilled;

/** The API of virtual private clouds below `/v1`, and the one operation of the identity service that gives tokens. */
export function checker(): Checker {
  const { operations, types } = distilled();
  const paths: Record<string, Record<string, unknown>> = { '/identity/token': { post: TOKEN } };
  for (const each of Object.values(operations)) {
    const path = `/v1${each.url}`;
    paths[path] = { ...paths[path], [each.method.toLowerCase()]: operationOf(each, types) };
  }
  const schemas = Object.fromEntries(Object.keys(types).map((name) => [name, schemaOf(name, types)]));
  return newChecker({ paths, components: { schemas } } as unknown as Definitions);
}

/** cloud.ibm.com/apidocs/iam-identity-token-api: a form, with an API key or what renews a login. */
const TOKEN = {
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: {
          type: 'string',
          pattern:
            '^grant_type=(urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&apikey|refresh_token&refresh_token)=[^&]+$',
        },
      },
    },
  },
  responses: { 200: { content: { 'application/json': { schema: { type: 'object' } } } } },
};

function operationOf(operation: OperationSpec, types: Distilled['types']): object {
  const { url, query, response } = operation;
  const inPath = Array.from(url.matchAll(/\{(\w+)\}/g), ([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: TEXT,
  }));
  const inQuery = query.map((name) => ({ name, in: 'query', ...(ALWAYS[name] ?? { schema: TEXT }) }));
  const body = bodyOf(operation, types);
  const answer = types[response] === undefined ? {} : { content: json({ $ref: `#/components/schemas/${response}` }) };
  return {
    parameters: [...inPath, ...inQuery],
    ...(body === undefined ? {} : { requestBody: { required: true, content: json(body) } }),
    responses: { '2xx': answer },
  };
}

const TEXT = { type: 'string' };
/** Every request says which API it speaks. */
const ALWAYS: Readonly<Record<string, object>> = {
  version: { required: true, schema: { type: 'string', pattern: '^20\\d\\d-\\d\\d-\\d\\d$' } },
  generation: { required: true, schema: { type: 'string', enum: ['2'] } },
};

function json(schema: object) {
  return { 'application/json': { schema } };
}

function bodyOf(
  { body, bodyParam, paramType, required }: OperationSpec,
  types: Distilled['types'],
): object | undefined {
  const given = types[paramType]?.properties ?? {};
  if (bodyParam !== undefined) return converted(given[bodyParam] as PropertySpec);
  if (body.length === 0) return undefined;
  const properties = Object.fromEntries(body.map(([field, name]) => [field, converted(given[name] as PropertySpec)]));
  const needed = body.flatMap(([field, name]) => (required.includes(name) ? [field] : []));
  return { type: 'object', required: needed, properties, additionalProperties: false };
}

/** One of its variants, where it has some; what it takes from others counts as its own. */
function schemaOf(name: string, types: Distilled['types']): object {
  const { variants } = types[name] as TypeSpec;
  if (variants) return { anyOf: variants.map((variant) => ({ $ref: `#/components/schemas/${variant}` })) };
  const { required, properties } = whole(name, types);
  const fields = Object.entries(properties).map(([field, each]) => [field, converted(each)]);
  return { type: 'object', required, properties: Object.fromEntries(fields), additionalProperties: false };
}

function whole(name: string, types: Distilled['types']): Pick<TypeSpec, 'required' | 'properties'> {
  const { required, properties, extends: bases = [] } = types[name] as TypeSpec;
  const inherited = bases.map((base) => whole(base, types));
  return {
    required: [...new Set([...inherited.flatMap((each) => each.required), ...required])],
    properties: Object.assign({}, ...inherited.map((each) => each.properties), properties),
  };
}

function converted({ description: _, ...schema }: PropertySpec): object {
  const { $ref, items, anyOf } = schema as { $ref?: string; items?: PropertySpec; anyOf?: readonly PropertySpec[] };
  if ($ref !== undefined) return { $ref: $ref.replace('#/types/', '#/components/schemas/') };
  if (items) return { ...schema, items: converted(items) };
  // Words that one may be come as a constant of the client and as any text.
  if (anyOf) return anyOf.some(({ type }) => type === 'string') ? TEXT : { ...schema, anyOf: anyOf.map(converted) };
  return schema;
}

type Filler = (type: string, given: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** Completes what a test tells of a thing with blanks for whatever else the definitions require, which nobody looks at. */
export function newFiller(): Filler {
  const { types } = distilled();
  const blank = (schema: PropertySpec): unknown => {
    const { $ref, type, anyOf } = schema as { $ref?: string; type?: string; anyOf?: readonly PropertySpec[] };
    if ($ref !== undefined) return filled($ref.replace('#/types/', ''), {});
    if (anyOf) return blank(anyOf.at(-1) as PropertySpec);
    return BLANKS[type ?? ''];
  };
  const filled: Filler = (type, given) => {
    const { variants } = types[type] as TypeSpec;
    if (variants?.[0] !== undefined) return filled(variants[0], given);
    const { required, properties } = whole(type, types);
    const rest = required.filter((name) => !(name in given));
    return { ...Object.fromEntries(rest.map((name) => [name, blank(properties[name] as PropertySpec)])), ...given };
  };
  return filled;
}

const BLANKS: Readonly<Record<string, unknown>> = { string: 'none', number: 0, boolean: false, array: [], object: {} };
