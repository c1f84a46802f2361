import type { compute_v1 } from '@googleapis/compute/build/v1.js';
import { codeOf } from '../../errors.ts';
import { gather } from '../../gather.ts';
import { waitFor } from '../../poll.ts';
import { answerLimit } from '../patience.ts';
import { answeredAtOnce } from '../refusal.ts';
import type { Google } from './client.ts';
import { operationFailure } from './failures.ts';
import { pagesOf } from './pages.ts';
import { formatPath, lastOf, type Path, parsePath } from './paths.ts';

export type Operation = compute_v1.Schema$Operation;

/** For what Google does once it has accepted it; a machine takes about 20 s, its end up to 2 minutes. */
const LIMIT = 10 * 60_000;
/** The wait method answers after two minutes at the latest; how long it takes says nothing about the connection. */
const ANSWER_LIMIT = 150_000;
/** A filter may have some thousand letters. Google answers 25 questions a second, of all who ask about one project. */
const GATHERING = { most: 50, every: 500 };

/** Resolves when the operation has ended well. @throws SlipwayError with what it failed at */
export async function finished(google: Google, project: string, begun: Operation, what: string): Promise<void> {
  let operation = begun;
  const ask = async () => {
    if (operation.status !== 'DONE') operation = (await look(google, pathOf(project, operation))) ?? operation;
    return operation.status === 'DONE' ? true : undefined;
  };
  await waitFor({ what, limit: LIMIT, signal: google.signal, hint: HINT }, ask, (error) => codeOf(error) === 'timeout');
  const errors = operation.error?.errors ?? [];
  if (errors.length > 0) throw answeredAtOnce(operationFailure(errors, operation.httpErrorStatusCode));
}

const HINT = 'See what it is doing: gcloud compute operations list';

async function look(google: Google, path: Path): Promise<Operation | undefined> {
  const ask = await google.shared(`operations ${path.project}`, (own) => gather((all) => lookAt(own, all), GATHERING));
  return ask(formatPath(path), google.signal);
}

/** One is waited for, several are listed: waiting for each would be a call each. */
async function lookAt(google: Google, paths: readonly string[]): Promise<ReadonlyMap<string, Operation>> {
  const [only = '', ...others] = paths;
  if (others.length === 0) return new Map([[only, await waited(google, parsePath(only))]]);
  const scopes = Map.groupBy(paths.map(parsePath), ({ project, zone, region }) => `${project} ${zone} ${region}`);
  const found = await Promise.all([...scopes.values()].map((inOne) => listed(google, inOne)));
  return new Map(found.flat());
}

function waited(google: Google, { project, zone, region, name: operation }: Path): Promise<Operation> {
  return google.ask((compute, options) => {
    if (zone) return compute.zoneOperations.wait({ project, operation, zone }, options);
    if (region) return compute.regionOperations.wait({ project, operation, region }, options);
    return compute.globalOperations.wait({ project, operation }, options);
  }, answerLimit(ANSWER_LIMIT));
}

async function listed(google: Google, paths: readonly Path[]): Promise<(readonly [string, Operation])[]> {
  const [{ project = '', zone, region } = {}] = paths;
  const filter = paths.map(({ name }) => `(name = "${name}")`).join(' OR ');
  const pages = await pagesOf((pageToken) =>
    google.ask((compute, o) => {
      if (zone) return compute.zoneOperations.list({ project, zone, filter, ...pageToken }, o);
      if (region) return compute.regionOperations.list({ project, region, filter, ...pageToken }, o);
      return compute.globalOperations.list({ project, filter, ...pageToken }, o);
    }),
  );
  return pages.flatMap(({ items = [] }) => items).map((each) => [formatPath(pathOf(project, each)), each]);
}

function pathOf(project: string, { name, zone, region }: Operation): Path {
  return {
    project,
    ...(zone ? { zone: lastOf(zone) } : {}),
    ...(region ? { region: lastOf(region) } : {}),
    collection: 'operations',
    name: name ?? '',
  };
}
