import { SlipwayError } from '../../errors.ts';
import type { FlagValues } from '../../flags.ts';
import type { Fleet, Made, PowerState } from '../driver.ts';
import { text } from '../values.ts';
import { type Google, newGoogle } from './client.ts';
import { LABELLED, pagesOf, type Scoped } from './pages.ts';
import { formatPath, parsePath } from './paths.ts';
import { projectOf } from './settings.ts';
import { stateFrom } from './state.ts';
import { everythingIn, removableIn } from './survey.ts';

/** One list of all zones of a project, whatever the number of machines. */
export const fleet: Fleet = {
  machine: 'instance',
  scope(values) {
    const [project, rules] = [projectOf(values), rulesIn(values)];
    return project === rules ? project : `${project} with the network of ${rules}`;
  },
  async states(values, machines, signal) {
    const project = projectOf(values);
    const google = newGoogle(project, signal ? { signal } : {});
    const { statuses, unreachable } = await statusesOf(google, project);
    return machines.map((made) => stateOf(made, statuses, unreachable));
  },
  async survey(values, signal) {
    const project = projectOf(values);
    const google = newGoogle(project, signal ? { signal } : {});
    return everythingIn(google, project, rulesIn(values));
  },
  removable(values, { signal }) {
    return removableIn(newGoogle(projectOf(values), signal ? { signal } : {}));
  },
};

/** The project that keeps the rules of the network: another one where that is shared. */
function rulesIn(values: FlagValues): string {
  const named = text(values, 'google-network') ?? text(values, 'google-subnetwork') ?? '';
  return /\bprojects\/([^/]+)\//.exec(named)?.[1] ?? projectOf(values);
}

async function statusesOf(google: Google, project: string) {
  const filter = LABELLED;
  const fields = 'nextPageToken,items/*/instances(selfLink,status),items/*/warning/code';
  const pages = await pagesOf((pageToken) =>
    google.ask(({ instances }, o) => instances.aggregatedList({ project, filter, fields, ...pageToken }, o)),
  );
  const scopes = pages.flatMap(({ items }) => Object.entries((items ?? {}) as Record<string, Scoped>));
  const found = scopes.flatMap(([, { instances = [] }]) => instances);
  return {
    statuses: new Map(found.map((each) => [formatPath(parsePath(each.selfLink ?? '')), each.status])),
    unreachable: scopes.filter(([, { warning }]) => warning?.code === 'UNREACHABLE').map(([scope]) => scope),
  };
}

function stateOf(
  { instance }: Made,
  statuses: ReadonlyMap<string, string | null | undefined>,
  unreachable: readonly string[],
): PowerState {
  if (instance === undefined) return 'Gone';
  const status = statuses.get(instance);
  const zone = `zones/${parsePath(instance).zone}`;
  if (status !== undefined || !unreachable.includes(zone)) return stateFrom(status);
  throw new SlipwayError('refused', `Google Cloud cannot reach "${zone}" at the moment`, {
    hint: 'https://status.cloud.google.com tells of outages.',
  });
}
