import { Ajv2019, type ValidateFunction } from 'ajv/dist/2019.js';

/** Of a vendor's definition in OpenAPI 3.0, what requests and answers are checked with. */
export interface Definitions {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject | undefined>>>>;
  readonly components: object;
}

interface OperationObject {
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly requestBody?: BodyObject | Reference;
  readonly responses: Readonly<Record<string, BodyObject | Reference>>;
}

interface BodyObject {
  readonly required?: boolean;
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: Schema;
}

interface Reference {
  readonly $ref: string;
}

type Schema = { readonly [keyword: string]: unknown };

/** One that a request meant. */
export interface Operation {
  /** "POST /servers/{id}/actions/poweron" */
  readonly name: string;
  readonly path: Readonly<Record<string, string>>;
}

export interface Checker {
  /** Undefined where the definitions have no such operation. */
  find(method: string, path: string): Operation | undefined;
  /** What is wrong with a request. An unknown field is. */
  requestFaults(operation: Operation, query: URLSearchParams, body: unknown): string[];
  /** What is wrong with an answer. */
  answerFaults(operation: Operation, status: number, body: unknown): string[];
}

export function newChecker(given: Definitions): Checker {
  const document = strict(given) as Definitions;
  const ajv = new Ajv2019({ strict: false, validateFormats: false, unicodeRegExp: false, allErrors: true });
  ajv.addSchema({ $id: 'api', ...document }, undefined, undefined, false);
  const coercing = new Ajv2019({ strict: false, validateFormats: false, unicodeRegExp: false, coerceTypes: 'array' });
  coercing.addSchema({ $id: 'api', ...document }, undefined, undefined, false);
  const validators = new Map<string, ValidateFunction>();
  const routes = routesOf(document);
  const validator = (name: string, schema: Schema, by = ajv): ValidateFunction => {
    const known = validators.get(name) ?? by.compile(absolute(schema) as Schema);
    validators.set(name, known);
    return known;
  };
  const object = ({ name }: Operation): OperationObject => {
    const [verb = '', path = ''] = name.split(' ');
    return document.paths[path]?.[verb.toLowerCase()] as OperationObject;
  };
  const bodyFaults = (name: string, schema: Schema | undefined, body: unknown): string[] => {
    if (schema === undefined) return body === undefined ? [] : ['there is a body, and none is defined'];
    const validate = validator(name, schema);
    return validate(body) ? [] : said(validate);
  };
  return {
    find(method, path) {
      for (const { verb, template, form } of routes) {
        const match = verb === method ? form.exec(path) : null;
        if (match) return { name: `${verb} ${template}`, path: { ...match.groups } };
      }
      return undefined;
    },
    requestFaults(operation, query, body) {
      const { parameters = [], requestBody } = object(operation);
      const known = parameters.map((each) => deref(document, each));
      const wanted = requestBody && deref(document, requestBody);
      const missing = wanted?.required && body === undefined ? ['the body is missing'] : [];
      const schema = body === undefined ? undefined : wanted?.content?.['application/json']?.schema;
      return [
        ...missing,
        ...[...query.keys()]
          .filter((name) => !known.some((each) => each.in === 'query' && each.name === name))
          .map((name) => `the parameter "${name}" is unknown`),
        ...known.flatMap((parameter) => {
          const values = parameter.in === 'query' ? query.getAll(parameter.name) : [];
          const inPath = parameter.in === 'path' ? [operation.path[nameIn(parameter.name)] ?? ''] : values;
          if (inPath.length === 0)
            return parameter.required && parameter.in === 'query' ? [`"${parameter.name}" is missing`] : [];
          const validate = validator(`${operation.name} ${parameter.name}`, parameter.schema ?? {}, coercing);
          const data = parameter.schema?.type === 'array' ? inPath : inPath[0];
          return validate(data) ? [] : said(validate).map((fault) => `"${parameter.name}" ${fault}`);
        }),
        ...bodyFaults(`${operation.name} request`, schema, body),
      ];
    },
    answerFaults(operation, status, body) {
      const { responses } = object(operation);
      const found = responses[status] ?? responses[`${String(status)[0]}xx`] ?? responses.default;
      if (found === undefined) return [`the answer ${status} is not defined`];
      const schema = deref(document, found).content?.['application/json']?.schema;
      return bodyFaults(`${operation.name} ${status}`, schema, body).map((fault) => `answer ${status}: ${fault}`);
    },
  };
}

function said({ errors }: ValidateFunction): string[] {
  return (errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

interface Route {
  readonly verb: string;
  readonly template: string;
  readonly form: RegExp;
}

/** Fixed words before names: "/servers/actions" before "/servers/{id}". */
function routesOf({ paths }: Definitions): Route[] {
  const routes = Object.entries(paths).flatMap(([template, operations]) => {
    const form = new RegExp(`^${template.replace(/\{([^}]+)\}/g, (_, name) => `(?<${nameIn(name)}>[^/]+)`)}$`);
    const verbs = Object.keys(operations).filter((verb) => /^(get|post|put|patch|delete)$/.test(verb));
    return verbs.map((verb) => ({ verb: verb.toUpperCase(), template, form }));
  });
  const names = ({ template }: Route) => template.split('{').length;
  return routes.sort((a, b) => names(a) - names(b));
}

/** As a regular expression takes it for a group. */
function nameIn(parameter: string): string {
  return parameter.replace(/\W/g, '_');
}

function deref<T>(document: Definitions, given: T | Reference): T {
  if (!isReference(given)) return given;
  const words = given.$ref.slice(2).split('/');
  const found = words.reduce<unknown>(
    (at, word) => (at as Record<string, unknown>)[word.replaceAll('~1', '/').replaceAll('~0', '~')],
    document,
  );
  return deref(document, found as T | Reference);
}

function isReference(given: unknown): given is Reference {
  return typeof given === 'object' && given !== null && typeof (given as Reference).$ref === 'string';
}

/** References within the document, as seen from outside it. */
function absolute(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(absolute);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [
    key,
    key === '$ref' && typeof each === 'string' && each.startsWith('#') ? `api${each}` : absolute(each),
  ]);
  return Object.fromEntries(entries);
}

/**
 * The same in terms of JSON Schema 2019, with every object closed whose fields are told: OpenAPI 3.0 has its own word for
 * what may be null, and takes any field besides.
 */
function strict(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strict);
  if (typeof value !== 'object' || value === null) return value;
  const whole = Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      if (key === 'schema' || key === 'items') return [key, closed(strict(each))];
      return [key, key === 'properties' ? closedEach(strict(each)) : strict(each)];
    }),
  );
  return nullable(whole);
}

function closedEach(properties: unknown): unknown {
  return Object.fromEntries(Object.entries(properties as object).map(([name, schema]) => [name, closed(schema)]));
}

/** Only what has fields of its own, or from elsewhere; `unevaluatedProperties` counts those of all that is joined in it. */
function closed(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (isReference(schema)) return { allOf: [schema], unevaluatedProperties: false };
  const tells = ['properties', 'allOf', 'oneOf', 'anyOf'].some((keyword) => keyword in schema);
  return tells && !('additionalProperties' in schema) ? { ...schema, unevaluatedProperties: false } : schema;
}

function nullable({ nullable: may, ...schema }: Schema): Schema {
  return may === true ? { anyOf: [{ type: 'null' }, schema] } : schema;
}
