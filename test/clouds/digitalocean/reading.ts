import { type Ask, type Handlers, Refusal, type Reply } from '../rest.ts';
import { IMAGES, REGIONS, SIZES } from './catalog.ts';
import { refresh, shown } from './droplets.ts';
import { shownTag } from './networking.ts';
import type { Kind, Thing, World } from './world.ts';

/** What only asks: lists a page at a time, and single things. */
export function reading(world: World): Handlers {
  const kinds: [Kind, string, string, string][] = [
    ['ssh_keys', 'account/keys', 'ssh_key', 'ssh_key_identifier'],
    ['vpcs', 'vpcs', 'vpc', 'vpc_id'],
    ['tags', 'tags', 'tag', 'tag_id'],
    ['firewalls', 'firewalls', 'firewall', 'firewall_id'],
    ['droplets', 'droplets', 'droplet', 'droplet_id'],
    ['reserved_ips', 'reserved_ips', 'reserved_ip', 'reserved_ip'],
  ];
  const show = (kind: Kind, thing: Thing): Thing => {
    if (kind === 'droplets') return shown(thing);
    if (kind === 'reserved_ips') return { ...thing, droplet: thing.droplet ? shown(thing.droplet) : null };
    return kind === 'tags' ? shownTag(world, thing) : thing;
  };
  const kept = kinds.flatMap(([kind, path, one, parameter]): [string, Handlers[string]][] => [
    [
      `GET /v2/${path}`,
      async (ask) => {
        await refresh(world);
        const wanted = ask.query.get('name');
        const things = world.list(kind).filter(({ name }) => wanted === null || name === wanted);
        return page(
          ask,
          kind,
          things.map((thing) => show(kind, thing)),
        );
      },
    ],
    [
      `GET /v2/${path}/{${parameter}}`,
      async (ask) => {
        await refresh(world);
        return { status: 200, body: { [one]: show(kind, world.get(kind, ask.path[parameter])) } };
      },
    ],
  ]);
  return {
    ...Object.fromEntries(kept),
    'GET /v2/account': () => ({ status: 200, body: { account: accountOf(world) } }),
    'GET /v2/regions': (ask) => page(ask, 'regions', REGIONS),
    'GET /v2/sizes': (ask) => page(ask, 'sizes', SIZES),
    'GET /v2/images': (ask) => page(ask, 'images', IMAGES),
    'GET /v2/images/{image_id}': ({ path }) => {
      const image = IMAGES.find(({ id, slug }) => [String(id), slug].includes(path.image_id ?? ''));
      if (!image) throw new Refusal(404, 'not_found', 'The resource you were accessing could not be found.');
      return { status: 200, body: { image } };
    },
  };
}

function accountOf({ uuid, limit }: World): Thing {
  const words = { email: 'me@example.org', email_verified: true, status: 'active', status_message: '' };
  return { droplet_limit: limit, floating_ip_limit: 3, uuid, team: { uuid, name: 'My Team' }, name: 'Me', ...words };
}

function page({ query }: Ask, kind: string, things: readonly object[]): Reply {
  const [at, length] = [Number(query.get('page') ?? 1), Number(query.get('per_page') ?? 20)];
  const next = `https://api.digitalocean.com/v2/${kind}?page=${at + 1}`;
  const pages = at * length < things.length ? { pages: { next, last: next } } : {};
  return {
    status: 200,
    body: { [kind]: things.slice((at - 1) * length, at * length), links: pages, meta: { total: things.length } },
  };
}
