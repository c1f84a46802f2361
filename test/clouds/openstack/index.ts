import { randomBytes } from 'node:crypto';
import type { FaultyCloud } from '../cloud.ts';
import { admin, type Client, logIn } from './admin.ts';
import { openDesk } from './desk.ts';
import { guestImage } from './image.ts';
import { type Services, servicesWithGuests, sharedServices } from './services.ts';

/** OpenStack itself, on this computer; each of these is a project of its own in the one that a run of tests shares. */
export interface OpenStackCloud extends FaultyCloud {
  /** Of the identity service. */
  readonly url: string;
  /** Asks as the project's user does, past the desk. */
  readonly client: Client;
  /** The id of the project. */
  readonly project: string;
  /** Asks as the administrator. */
  readonly admin: Client;
  /** What somebody with the dashboard does to a server: removes it at once. */
  vanish(id: string): Promise<void>;
  /** Variables with which another project is meant, in which there is nothing. */
  readonly elsewhere: NodeJS.ProcessEnv;
}

export async function startCloud(): Promise<OpenStackCloud> {
  return cloudOf(await sharedServices());
}

/** One with guests, for a test alone: emulated, at addresses that this computer reaches. */
export async function startCloudWithGuests(): Promise<OpenStackCloud> {
  const { services, outside, end } = await servicesWithGuests(await guestImage());
  const cloud = await cloudOf(services);
  const { close } = cloud;
  return Object.assign(cloud, {
    words: [
      ...['--openstack-flavor-name', 'm1.guest', '--openstack-image-name', 'debian'],
      ...['--allow-from', outside],
    ],
    env: { ...cloud.env, OS_FLOATINGIP_POOL: 'public' }, // words can say otherwise, but not twice
    unguarded: true as const, // whom they admit is said above
    async close() {
      await close();
      await end();
    },
  });
}

async function cloudOf(services: Services): Promise<OpenStackCloud> {
  const desk = await openDesk(services);
  const root = await admin(services);
  const name = `test-${randomBytes(4).toString('hex')}`;
  const another = `${name}-elsewhere`;
  const user = await newUser(root, name);
  const { client, project } = await newProject(root, services, user);
  await newProject(root, services, { ...user, name: another });
  const env = variables(`${desk.url}/identity/v3`, user);
  const before = new Set(await thingsOf(client, project));
  return Object.assign(desk, {
    driver: 'openstack',
    url: `${desk.url}/identity/v3`,
    env,
    words: [
      ...['--openstack-flavor-name', 'm1.nano', '--openstack-image-name', 'blank'],
      ...['--openstack-floatingip-pool', 'public'],
    ],
    client,
    project,
    admin: root,
    elsewhere: { ...env, OS_PROJECT_NAME: another },
    refusal,
    lag: async (ms: number) => {
      desk.lists.late = ms;
    },
    left: async () => (await thingsOf(client, project)).filter((each) => !before.has(each)),
    vanish: (id: string) => vanish(client, id),
  });
}

interface User {
  readonly id: string;
  /** Of the project. */
  readonly name: string;
  readonly user: string;
  readonly password: string;
}

async function newUser(root: Client, name: string): Promise<User> {
  const password = randomBytes(8).toString('hex');
  const { user } = await root.ask('POST', 'identity', '/v3/users', { user: { name, password, domain_id: 'default' } });
  return { id: user.id, name, user: name, password };
}

async function newProject(root: Client, services: Parameters<typeof logIn>[0], user: User) {
  const { project } = await root.ask('POST', 'identity', '/v3/projects', {
    project: { name: user.name, domain_id: 'default' },
  });
  const { roles } = await root.ask('GET', 'identity', '/v3/roles?name=member');
  await root.ask('PUT', 'identity', `/v3/projects/${project.id}/users/${user.id}/roles/${roles[0].id}`);
  const client = await logIn(services, { user: user.user, password: user.password, project: user.name });
  return { client, project: project.id as string };
}

function variables(url: string, { user, name, password }: User): NodeJS.ProcessEnv {
  return {
    OS_AUTH_URL: url,
    OS_USERNAME: user,
    OS_PASSWORD: password,
    OS_PROJECT_NAME: name,
    OS_USER_DOMAIN_NAME: 'Default',
    OS_PROJECT_DOMAIN_NAME: 'Default',
    OS_REGION_NAME: 'RegionOne',
  };
}

async function thingsOf({ ask }: Client, project: string): Promise<string[]> {
  const [servers, volumes, keys, groups, addresses] = await Promise.all([
    ask('GET', 'compute', '/v2.1/servers/detail'),
    ask('GET', 'volume', `/v3/${project}/volumes`),
    ask('GET', 'compute', '/v2.1/os-keypairs'),
    ask('GET', 'network', `/v2.0/security-groups?tenant_id=${project}`),
    ask('GET', 'network', `/v2.0/floatingips?tenant_id=${project}`),
  ]);
  return [
    ...servers.servers.map((each: Thing) => `server ${each.name} (${each.status})`),
    ...volumes.volumes.map((each: Thing) => `volume ${each.name}`),
    ...keys.keypairs.map((each: { keypair: Thing }) => `keypair ${each.keypair.name}`),
    ...groups.security_groups.map((each: Thing) => `security-group ${each.name}`),
    ...addresses.floatingips.map((each: Thing) => `address ${each.floating_ip_address}`),
  ].filter((each) => each !== 'security-group default');
}

type Thing = Readonly<Record<string, string>>;

async function vanish({ ask }: Client, id: string): Promise<void> {
  await ask('DELETE', 'compute', `/v2.1/servers/${id}`);
  for (;;) {
    const { servers } = await ask('GET', 'compute', '/v2.1/servers');
    if (!servers.some((each: Thing) => each.id === id)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const TROUBLES = {
  403: 'Forbidden',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** As what is before all services says it. */
function refusal(trouble: keyof typeof TROUBLES) {
  const headers: Record<string, string> = trouble === 429 ? { 'retry-after': '1' } : {};
  const error = { code: trouble, title: TROUBLES[trouble], message: 'Refused for a test' };
  return { status: trouble, headers, body: JSON.stringify({ error }) };
}
