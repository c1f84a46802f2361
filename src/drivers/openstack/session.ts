import { SlipwayError } from '../../errors.ts';
import type { FlagValues } from '../../flags.ts';
import type { Site } from '../driver.ts';
import { newRest, type Service } from '../rest.ts';
import { type Access, accessFor, safe, scopeOf } from './access.ts';
import { failureOf } from './failures.ts';
import { senderFor } from './secure-send.ts';

export type Alone = Pick<Site, 'memory' | 'signal'>;

/** Who we are at a cloud, and where its services are. */
export interface Session {
  readonly project: string;
  readonly user: string;
  /** @throws SlipwayError `not-found` where the cloud has no such service */
  root(service: ServiceType): string;
  /** Whether the cloud has such a service where we are. */
  has(service: ServiceType): boolean;
  /** Sends a request with our token, and with another one when that has run out. */
  send(url: URL, init: RequestInit): Promise<Response>;
}

export type ServiceType = 'compute' | 'network' | 'image' | 'volume';

interface Login {
  readonly token: string;
  readonly user: string;
  readonly project: string;
  readonly catalog: readonly CatalogEntry[];
}

interface CatalogEntry {
  readonly type: string;
  readonly endpoints: readonly { readonly interface: string; readonly region: string; readonly url: string }[];
}

/** Logs in. @throws SlipwayError `no-credentials` where we are not let in */
export async function openSession(values: FlagValues, alone: Alone): Promise<Session> {
  const access = accessFor(values);
  const plainly = senderFor(access.trust);
  const logIn = () => loginOf(values, access, plainly, alone);
  let login = logIn();
  const renew = async (old: string) => {
    if ((await login).token === old) login = logIn();
    return (await login).token;
  };
  const { project, user, catalog } = await login;
  return {
    project,
    user,
    root: (service) => rootOf(service, catalog, access),
    has: (service) =>
      overrideOf(service, access) !== undefined || endpointsOf(service, catalog, access).fitting.length > 0,
    async send(url, init) {
      const { token } = await login;
      const answer = await plainly(url, withToken(init, token));
      if (answer.status !== 401) return answer;
      await answer.body?.cancel();
      return plainly(url, withToken(init, await renew(token)));
    },
  };
}

function withToken(init: RequestInit, token: string): RequestInit {
  return { ...init, headers: { ...(init.headers as Record<string, string>), 'x-auth-token': token } };
}

interface Answer {
  readonly token: {
    readonly user: { readonly id: string };
    readonly project?: { readonly id: string };
    readonly catalog?: readonly CatalogEntry[];
  };
}

async function loginOf(
  values: FlagValues,
  access: Access,
  send: NonNullable<Service['send']>,
  alone: Alone,
): Promise<Login> {
  let token = '';
  const service: Service = {
    name: "OpenStack's identity service",
    scope: scopeOf(values),
    root: () => access.url,
    headers: async () => ({}),
    failure: failureOf,
    async send(url, init) {
      const answer = await send(url, init);
      token = answer.headers.get('x-subject-token') ?? '';
      return answer;
    },
  };
  const asked = { body: access.question(), repeatable: true };
  const answer = await newRest(service, alone).ask<Answer>('POST', '/auth/tokens', asked);
  const { user, project, catalog = [] } = answer.token;
  if (project === undefined) {
    throw new SlipwayError('no-credentials', 'These credentials of OpenStack open no project', {
      hint: 'Name one with OS_PROJECT_NAME, or project_name in clouds.yaml.',
    });
  }
  return { token, user: user.id, project: project.id, catalog };
}

/** What is added to the address of a service where the catalogue leaves its version away. */
const VERSIONS: Readonly<Record<ServiceType, string>> = { compute: '', network: '/v2.0', image: '/v2', volume: '/v3' };

/** What catalogues call a service: service-types.openstack.org, the older name last. */
const TYPES: Readonly<Record<ServiceType, readonly string[]>> = {
  compute: ['compute'],
  network: ['network'],
  image: ['image'],
  volume: ['block-storage', 'volumev3'],
};

function rootOf(service: ServiceType, catalog: readonly CatalogEntry[], access: Access): string {
  const given = overrideOf(service, access) ?? endpointOf(service, catalog, access);
  const url = safe(given.replace(/\/+$/, ''), access.trust.insecure);
  const version = VERSIONS[service];
  return /\/v\d+(\.\d+)?(\/|$)/.test(url) ? url : `${url}${version}`;
}

function overrideOf(service: ServiceType, { overrides }: Access): string | undefined {
  const names = [service, ...TYPES[service]].map((name) => name.replaceAll('-', '_'));
  return names.map((name) => overrides[name]).find((url) => url !== undefined);
}

/** Its addresses of the kind that we use; those of a newer name come first. */
function endpointsOf(service: ServiceType, catalog: readonly CatalogEntry[], access: Access) {
  const entries = TYPES[service].flatMap((name) => catalog.filter(({ type }) => type === name));
  const there = entries.flatMap(({ endpoints }) => endpoints).filter((each) => each.interface === access.interface);
  return { there, fitting: there.filter(({ region }) => access.region === undefined || region === access.region) };
}

function endpointOf(service: ServiceType, catalog: readonly CatalogEntry[], access: Access): string {
  const { there, fitting } = endpointsOf(service, catalog, access);
  const regions = [...new Set(there.map(({ region }) => region))];
  const [only] = fitting;
  if (only === undefined) throw nowhere(service, access, regions);
  if (access.region !== undefined || regions.length === 1) return only.url;
  throw new SlipwayError('bad-input', `This OpenStack has several regions, and none is named`, {
    hint: `Name one with --openstack-region: ${regions.join(', ')}`,
  });
}

function nowhere(service: string, access: Access, regions: readonly string[]): SlipwayError {
  if (regions.length === 0) {
    const sentence = `This OpenStack has no ${access.interface} address of a service "${service}" in its catalogue`;
    return new SlipwayError('unsupported', sentence, { hint: 'This shows what it has: openstack catalog list' });
  }
  return new SlipwayError('bad-input', `This OpenStack has no region "${access.region}"`, {
    hint: `There are: ${regions.join(', ')}`,
  });
}
