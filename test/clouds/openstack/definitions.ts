import { type Checker, type Definitions, newChecker } from '../openapi.ts';
import { spec } from '../specs.ts';
import type { ServiceName } from './services.ts';

const FILES: Readonly<Record<ServiceName, string>> = {
  identity: 'identity-v3.14',
  image: 'image-v2.16',
  compute: 'compute-v2.96',
  network: 'network-v2',
  volume: 'block-storage-v3.70',
};

/** OpenStack's definitions, which were made from the services' own, but for what these say otherwise. */
export function checkers(): Readonly<Record<ServiceName, Checker>> {
  const all = Object.entries(FILES).map(([name, file]) => {
    const document = structuredClone(spec(`openstack/${file}.openapi.json`)) as Loose;
    if (name === 'compute') compute(document);
    if (name === 'network') network(document);
    if (name === 'volume') volume(document);
    return [name, newChecker(document as unknown as Definitions)];
  });
  return Object.fromEntries(all);
}

/**
 * The body of a create is another for each microversion: these are those of 2.93. One of an action fits several of the
 * alternatives, as none says what it must have.
 */
function compute({ paths }: Loose): void {
  const bodies = { servers: 'ServersCreate_290', 'os-keypairs': 'Os_KeypairsCreate_292' };
  for (const [path, name] of Object.entries(bodies)) {
    const content = { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } };
    paths[`/v2.1/${path}`].post.requestBody = { content };
  }
  const { schema } = paths['/v2.1/servers/{id}/action'].post.requestBody.content['application/json'];
  schema.anyOf = schema.oneOf;
  delete schema.oneOf;
  paths['/v2.1/'] = { get: { responses: { 200: {} } } };
}

/** "port_range_min: The minimum port number", which the service converts. */
function network({ components }: Loose): void {
  const rule = components.schemas.Security_Group_RulesCreateRequest.properties.security_group_rule.properties;
  for (const field of ['port_range_min', 'port_range_max']) rule[field] = { type: ['integer', 'string'] };
}

/** That of a create is that of 3.0. Of what else we ask the definitions tell nothing: these are from its page "api-ref". */
function volume({ paths }: Loose): void {
  const own = '/v3/{project_id}';
  const content = (schema: object) => ({ requestBody: { content: { 'application/json': { schema } } }, responses: {} });
  paths[`${own}/volumes`].post.requestBody = content({ $ref: '#/components/schemas/VolumesCreate_30' }).requestBody;
  paths[`${own}/volumes/detail`] = { get: { parameters: [named('name'), named('marker')], responses: {} } };
  for (const path of ['/limits', '/os-availability-zone']) paths[`${own}${path}`] = { get: { responses: {} } };
  const metadata = { type: 'object', additionalProperties: { type: 'string', maxLength: 255 } };
  paths[`${own}/volumes/{id}/metadata`] = {
    post: content({ type: 'object', required: ['metadata'], properties: { metadata } }),
  };
  const detach = { type: 'object', properties: { attachment_id: { type: 'string' } } };
  paths[`${own}/volumes/{id}/action`] = {
    post: content({ type: 'object', required: ['os-detach'], properties: { 'os-detach': detach } }),
  };
}

function named(name: string): object {
  return { name, in: 'query', schema: { type: 'string' } };
}

// biome-ignore lint/suspicious/noExplicitAny: what is changed is named above
type Loose = any;
