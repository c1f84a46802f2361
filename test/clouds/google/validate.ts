import { type Method, type Schema, typeNamed } from './definitions.ts';

/** What is wrong with a request, by the definitions; empty for a right one. */
export function faultsOf(
  method: Method,
  path: Readonly<Record<string, string>>,
  query: URLSearchParams,
  body: unknown,
): string[] {
  return [
    ...Object.entries(path).flatMap(([name, value]) => parameterFaults(method, name, value, 'path')),
    ...[...query].flatMap(([name, value]) => parameterFaults(method, name, value, 'query')),
    ...bodyFaults(method, body),
  ];
}

/** What is wrong with an answer of the server's own. */
export function answerFaults(method: Method, answer: unknown): string[] {
  return method.response ? valueFaults(answer, { $ref: method.response.$ref }, 'answer', {}) : [];
}

interface Rules {
  /** Whether fields that only Google fills in are refused, and which are required: those of this method. */
  readonly sentTo?: string;
}

function parameterFaults(method: Method, name: string, value: string, location: string): string[] {
  const schema = method.parameters[name];
  if (!schema || schema.location !== location) return [`${location} parameter "${name}" is unknown`];
  if (name === 'requestId' && !UUID.test(value)) return [`requestId "${value}" is no UUID`];
  if (schema.type === 'boolean') return /^(true|false)$/i.test(value) ? [] : [`${name} is no boolean`];
  if (schema.type === 'integer') return /^\d+$/.test(value) ? [] : [`${name} is no integer`];
  return textFaults(value, schema, name);
}

const UUID = /^(?!0{8}-)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function bodyFaults({ id, request }: Method, body: unknown): string[] {
  if (!request) return body === undefined ? [] : ['it takes no body'];
  return valueFaults(body, { $ref: request.$ref }, request.$ref, { sentTo: id });
}

function valueFaults(value: unknown, schema: Schema, at: string, rules: Rules): string[] {
  if (schema.$ref !== undefined) return objectFaults(value, typeNamed(schema.$ref), at, rules);
  if (schema.type === 'object' || schema.properties) return objectFaults(value, schema, at, rules);
  if (schema.type === 'array') {
    if (!Array.isArray(value)) return [`${at} is no list`];
    return value.flatMap((each, index) => valueFaults(each, schema.items ?? {}, `${at}[${index}]`, rules));
  }
  if (schema.type === 'string') return typeof value === 'string' ? textFaults(value, schema, at) : [`${at} is no text`];
  if (schema.type === 'boolean') return typeof value === 'boolean' ? [] : [`${at} is no boolean`];
  if (schema.type === 'integer') return Number.isInteger(value) ? [] : [`${at} is no whole number`];
  if (schema.type === 'number') return typeof value === 'number' ? [] : [`${at} is no number`];
  return schema.type === 'any' || schema.type === undefined ? [] : [`${at} has the unknown type "${schema.type}"`];
}

function objectFaults(value: unknown, schema: Schema, at: string, rules: Rules): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at} is no object`];
  const { properties = {}, additionalProperties } = schema;
  const missing = Object.entries(properties).filter(
    ([name, { annotations }]) =>
      rules.sentTo !== undefined && annotations?.required?.includes(rules.sentTo) && !(name in value),
  );
  return [
    ...missing.map(([name]) => `${at}.${name} is missing`),
    ...Object.entries(value).flatMap(([name, field]) => {
      const known = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
      if (!known) return [`${at}.${name} is unknown`];
      if (rules.sentTo !== undefined && isOutput(known)) return [`${at}.${name} is for answers only`];
      return valueFaults(field, known, `${at}.${name}`, rules);
    }),
  ];
}

function isOutput({ description }: Schema): boolean {
  return description?.startsWith('[Output Only]') === true;
}

function textFaults(value: string, { format, enum: values, pattern }: Schema, at: string): string[] {
  if (values && !values.includes(value)) return [`${at} "${value}" is none of ${values.join(', ')}`];
  if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`).test(value))
    return [`${at} "${value}" is not ${pattern}`];
  if (format === 'int64' || format === 'uint64') return /^-?\d+$/.test(value) ? [] : [`${at} "${value}" is no number`];
  if (format === 'byte' && !/^(?:[\w+/-]{4})*(?:[\w+/-]{2}==|[\w+/-]{3}=)?$/.test(value))
    return [`${at} "${value}" is no base64`];
  return [];
}
