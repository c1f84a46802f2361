import { type Ask, type Handlers, Refusal, type Reply } from '../rest.ts';
import { IMAGES, LOCATIONS, TYPES } from './catalog.ts';
import type { Kind, World } from './world.ts';

/** What only asks: lists a page at a time, and single things. */
export function reading(worldOf: (ask: Ask) => World, refresh: (world: World) => Promise<void>): Handlers {
  const kinds: [Kind, string][] = [
    ['servers', 'server'],
    ['ssh_keys', 'ssh_key'],
    ['firewalls', 'firewall'],
    ['networks', 'network'],
    ['placement_groups', 'placement_group'],
    ['primary_ips', 'primary_ip'],
    ['volumes', 'volume'],
  ];
  const kept = kinds.flatMap(([kind, one]): [string, Handlers[string]][] => [
    [
      `GET /${kind}`,
      async (ask) => {
        await refresh(worldOf(ask));
        return page(ask, kind, worldOf(ask).list(kind));
      },
    ],
    [
      `GET /${kind}/{id}`,
      async (ask) => {
        await refresh(worldOf(ask));
        return { status: 200, body: { [one]: worldOf(ask).get(kind, ask.path.id ?? '') } };
      },
    ],
  ]);
  const offered = [
    ['server_types', 'server_type', TYPES],
    ['locations', 'location', LOCATIONS],
    ['images', 'image', IMAGES],
  ] as const;
  const fixed = offered.flatMap(([kind, one, things]): [string, Handlers[string]][] => [
    [`GET /${kind}`, (ask) => page(ask, kind, things)],
    [
      `GET /${kind}/{id}`,
      ({ path }) => {
        const found = [...things].find(({ id }) => id === Number(path.id));
        if (!found) throw new Refusal(404, 'not_found', `${one} with ID '${path.id}' not found`);
        return { status: 200, body: { [one]: found } };
      },
    ],
  ]);
  return { ...Object.fromEntries([...kept, ...fixed]), ...actionsOf(worldOf) };
}

function actionsOf(worldOf: (ask: Ask) => World): Handlers {
  return {
    'GET /actions': (ask) => {
      const actions = ask.query.getAll('id').flatMap((id) => worldOf(ask).actions.get(Number(id)) ?? []);
      return { status: 200, body: { actions } };
    },
    'GET /actions/{id}': (ask) => {
      const action = worldOf(ask).actions.get(Number(ask.path.id));
      if (!action) throw new Refusal(404, 'not_found', `action with ID '${ask.path.id}' not found`);
      return { status: 200, body: { action } };
    },
  };
}

interface Listed {
  readonly name: string | null;
  readonly labels?: Readonly<Record<string, string>>;
  readonly architecture?: string;
  readonly type?: string;
  readonly ip?: string;
}

function page({ query }: Ask, kind: string, things: readonly object[]): Reply {
  const found = (things as readonly Listed[]).filter((thing) =>
    [...query].every(([name, value]) => fits(thing, name, value)),
  );
  const [at, length] = [Number(query.get('page') ?? 1), Math.min(50, Number(query.get('per_page') ?? 25))];
  const last = Math.max(1, Math.ceil(found.length / length));
  const pagination = {
    page: at,
    per_page: length,
    previous_page: at > 1 ? at - 1 : null,
    next_page: at < last ? at + 1 : null,
    last_page: last,
    total_entries: found.length,
  };
  return { status: 200, body: { [kind]: found.slice((at - 1) * length, at * length), meta: { pagination } } };
}

function fits(thing: Listed, name: string, value: string): boolean {
  if (name === 'name') return thing.name === value;
  if (name === 'architecture') return thing.architecture === value;
  if (name === 'type') return thing.type === value;
  if (name === 'ip') return thing.ip === value;
  return name === 'label_selector' ? value.split(',').every((term) => selects(thing.labels ?? {}, term)) : true;
}

/** docs.hetzner.cloud, "Label Selector": as far as it is used here. */
function selects(labels: Readonly<Record<string, string>>, term: string): boolean {
  const [, key = '', , value] = /^([\w./-]+)(?:(==?)([\w.-]*))?$/.exec(term) ?? [];
  if (key === '') throw new Refusal(400, 'invalid_input', `invalid label selector "${term}"`);
  return key in labels && (value === undefined || labels[key] === value);
}
