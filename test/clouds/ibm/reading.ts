import { type Ask, type Handlers, Refusal, type Reply } from '../rest.ts';
import { images, profiles, REGION, ZONES } from './catalog.ts';
import { interfaceOf, refresh } from './instances.ts';
import type { Kind, Thing, World } from './world.ts';

const ROOT = 'https://us-south.iaas.cloud.ibm.com/v1';

/** What only asks: lists a page at a time, and single things. */
export function reading(world: World): Handlers {
  const kinds: [Kind, string][] = [
    ['keys', 'Key'],
    ['security_groups', 'SecurityGroup'],
    ['instances', 'Instance'],
    ['floating_ips', 'FloatingIP'],
    ['subnets', 'Subnet'],
    ['vpcs', 'VPC'],
  ];
  const single = kinds.map(([kind, type]): [string, Handlers[string]] => [
    `GET /v1/${kind}/{id}`,
    async ({ path }) => {
      await refresh(world);
      return { status: 200, body: world.filled(type, world.get(kind, path.id)) };
    },
  ]);
  const lists = [...kinds, ['volumes', 'Volume'] as [Kind, string]].map(([kind, type]): [string, Handlers[string]] => [
    `GET /v1/${kind}`,
    async (ask) => {
      await refresh(world);
      const things = world.list(kind).filter((thing) => isAskedFor(thing, ask.query));
      return page(
        ask,
        kind,
        things.map((thing) => world.filled(type, thing)),
      );
    },
  ]);
  return {
    ...Object.fromEntries([...single, ...lists]),
    'GET /v1/regions/{region_name}/zones': ({ path }) => {
      if (path.region_name !== REGION) throw new Refusal(404, 'not_found', 'No such region');
      const region = { name: REGION, href: `${ROOT}/regions/${REGION}` };
      const zones = ZONES.map((name) => ({ name, href: ROOT, region, status: 'available' }));
      return { status: 200, body: { zones } };
    },
    'GET /v1/images': (ask) =>
      page(
        ask,
        'images',
        images(world).filter((image) => isAskedFor(image, ask.query)),
      ),
    'GET /v1/images/{id}': ({ path }) => one(images(world).find(({ id }) => id === path.id)),
    'GET /v1/instance/profiles': () => ({ status: 200, body: { profiles: profiles(world) } }),
    'GET /v1/instance/profiles/{name}': ({ path }) => one(profiles(world).find(({ name }) => name === path.name)),
    'GET /v1/instances/{instance_id}/network_interfaces/{id}': ({ path }) => {
      const instance = world.get('instances', path.instance_id);
      return { status: 200, body: interfaceOf(world, instance, path.id) };
    },
    'GET /v1/security_groups/{security_group_id}/rules': ({ path }) => {
      const { rules } = world.get('security_groups', path.security_group_id);
      return { status: 200, body: { rules } };
    },
  };
}

function one(body: Thing | undefined): Reply {
  if (body) return { status: 200, body };
  throw new Refusal(404, 'not_found', 'Please check whether the resource you are requesting exists.');
}

function isAskedFor(thing: Thing, query: URLSearchParams): boolean {
  const wanted = (parameter: string, is: unknown) => (query.get(parameter) ?? is) === is;
  const tag = query.get('tag');
  return (
    wanted('name', thing.name) &&
    wanted('vpc.id', thing.vpc?.id) &&
    wanted('status', thing.status) &&
    wanted('visibility', thing.visibility) &&
    (tag === null || thing.user_tags.includes(tag))
  );
}

function page({ query }: Ask, kind: string, things: readonly object[]): Reply {
  const [start, limit] = [Number(query.get('start') ?? 0), Number(query.get('limit') ?? 50)];
  const href = `${ROOT}/${kind}?limit=${limit}`;
  const next = start + limit < things.length ? { next: { href: `${href}&start=${start + limit}` } } : {};
  const body = {
    first: { href },
    limit,
    ...next,
    total_count: things.length,
    [kind]: things.slice(start, start + limit),
  };
  return { status: 200, body };
}
