import type { Found } from '../../drivers/driver.ts';
import { storeId } from '../../store/identity.ts';
import { type Holder, heldLocks } from '../../store/lock.ts';
import type { Listed } from '../../store/machine.ts';
import { readableName } from '../driving.ts';
import type { Work } from '../work.ts';
import type { Findings, GcRequest, Kept, Leftover, PartsRemoval, Place } from './findings.ts';
import type { Surveyed } from './places.ts';
import { busy, isOld, isOver, madeBy, momentOf, overSince, PROTECTED } from './words.ts';

/**
 * What places have that no record of this store knows, and is to go. `listed` must have been read after the places were
 * asked: a part is noted before it is made, so whatever was found and is being made has its note there.
 */
export async function leftParts(
  work: Work,
  request: GcRequest,
  surveyed: readonly Surveyed[],
  listed: readonly Listed[],
): Promise<Findings> {
  const held = [...(await heldLocks(work.store.locks))];
  const view: View = {
    request,
    store: await storeId(work.store),
    noted: notedKeys(listed),
    broken: listed.flatMap((each) => ('error' in each ? [readableName(each.name)] : [])),
    held: new Map(held.map(([name, holder]) => [readableName(name), holder])),
  };
  const all = surveyed.map((each) => ofPlace(each, view));
  return { removals: all.flatMap(({ removals }) => removals), kept: all.flatMap(({ kept }) => kept), problems: [] };
}

/** The keys that records note. */
export function notedKeys(listed: readonly Listed[]): ReadonlySet<string> {
  const machines = listed.flatMap((each) => ('machine' in each ? [each.machine] : []));
  return new Set(machines.flatMap(({ notes }) => notes.map(({ key }) => key)));
}

/** Whether this part's machine may use what is shared: it is the same store's, and not somewhere else. */
export function mayUse(shared: Found, part: Found): boolean {
  if (part.labels[STORE] !== shared.labels[STORE]) return false;
  return shared.where === undefined || part.where === undefined || shared.where === part.where;
}

const STORE = 'slipway-store';

/** What decides, besides the labels. */
interface View {
  readonly request: GcRequest;
  /** This store's id. */
  readonly store: string;
  readonly noted: ReadonlySet<string>;
  /** The names whose records cannot be read, as labels say them. */
  readonly broken: readonly string[];
  /** Who works on the machine of this name, as labels say it. */
  readonly held: ReadonlyMap<string, Holder>;
}

interface Sorted {
  readonly removals: readonly PartsRemoval[];
  readonly kept: readonly Kept[];
}

function ofPlace({ place, found }: Surveyed, view: View): Sorted {
  const unknown = found.filter(({ labels }) => !view.noted.has(labels['slipway-key'] ?? ''));
  const [shared, single] = [unknown.filter(isSharedAt(place)), unknown.filter((each) => !isSharedAt(place)(each))];
  const groups = byMachine(single).flatMap((group) => {
    const reason = whyPartsGo(place, group, view);
    return reason === undefined ? [] : [{ group, reason, because: whyPartsStay(group, view) }];
  });
  const removals = groups.flatMap(({ group, reason, because }) =>
    because === undefined ? [removalOf(place, 'parts', group, reason)] : [],
  );
  const going = new Set(removals.flatMap((removal) => removal.found));
  const users = single.filter((each) => !going.has(each));
  const unused = shared.filter((each) => !users.some((user) => mayUse(each, user)));
  return {
    removals: [...removals, ...unused.flatMap((each) => removalOfShared(place, each, removals, view))],
    kept: groups.flatMap(({ group, reason, because }) =>
      because === undefined ? [] : [{ ...removalOf(place, 'parts', group, reason).leftover, because }],
    ),
  };
}

export function isSharedAt({ removable }: Place): (found: Found) => boolean {
  const kinds = new Set(removable.filter(({ shared }) => shared !== undefined).map(({ kind }) => kind));
  return ({ kind }) => kinds.has(kind);
}

/**
 * A name may have been given to one machine after another; when and by which run it was made tells them apart. A part that
 * bears but its key goes with the only machine of its name.
 */
function byMachine(found: readonly Found[]): [Found, ...Found[]][] {
  const bare = (part: Found) =>
    part.labels['slipway-created'] === undefined && part.labels['slipway-run'] === undefined;
  const groups = grouped(
    found.filter((part) => !bare(part)),
    [...OF_NAME, 'slipway-created', 'slipway-run'],
  );
  const rest = grouped(found.filter(bare), OF_NAME).filter((group) => {
    const alike = groups.filter(([first]) => OF_NAME.every((label) => first.labels[label] === group[0].labels[label]));
    if (alike.length === 1) alike[0]?.push(...group);
    return alike.length !== 1;
  });
  return [...groups, ...rest];
}

const OF_NAME = [STORE, 'slipway-machine'];

function grouped(found: readonly Found[], names: readonly string[]): [Found, ...Found[]][] {
  const groups = new Map<string, [Found, ...Found[]]>();
  for (const each of found) {
    const id = names.map((label) => each.labels[label]).join(' ');
    const group = groups.get(id);
    if (group) group.push(each);
    else groups.set(id, [each]);
  }
  return [...groups.values()];
}

function whyPartsGo({ survey }: Place, group: readonly Found[], { request, store }: View): string | undefined {
  const labelled = (name: string) => group.find(({ labels }) => labels[name] !== undefined)?.labels[name];
  const { run, allStores } = request;
  if (run !== undefined) return group.some(({ labels }) => labels['slipway-run'] === run) ? madeBy(run) : undefined;
  if (labelled(STORE) === store) return 'no record here knows it';
  if (!allStores) return undefined;
  const ends = group.flatMap(({ labels }) => momentOf(labels['slipway-expires']) ?? []).sort();
  if (isOver(ends.at(-1))) return overSince(ends.at(-1)); // an extension may not have come to all of them
  const headless = !group.some(({ kind }) => kind === survey.machine);
  return headless && isOld(momentOf(labelled('slipway-created'))) ? 'its machine is gone' : undefined;
}

function whyPartsStay(group: readonly [Found, ...Found[]], { store, held, broken }: View): string | undefined {
  if (group.some(({ labels }) => labels['slipway-protected'] === 'yes')) return PROTECTED;
  const { labels } = group[0];
  const name = labels['slipway-machine'] ?? '';
  if (labels[STORE] !== store) return undefined;
  if (broken.includes(name)) return 'its record cannot be read';
  const holder = held.get(name);
  return holder && busy(holder);
}

/** Of other stores nothing tells who uses it but what else is there: so time must have passed, or its run be named. */
function removalOfShared(place: Place, found: Found, going: readonly PartsRemoval[], view: View): PartsRemoval[] {
  const { request, store, broken } = view;
  const { labels } = found;
  const own = labels[STORE] === store;
  if (own && broken.length > 0) return [];
  const withUsers = going.some(({ leftover }) => leftover.store === labels[STORE]);
  const ofRun = request.run !== undefined && (labels['slipway-run'] === request.run || withUsers);
  const old = isOld(momentOf(labels['slipway-created']));
  const goes = request.run === undefined ? own || (request.allStores && (withUsers || old)) : ofRun;
  return goes ? [removalOf(place, 'shared', [found], 'no machine uses it')] : [];
}

function removalOf(place: Place, what: 'parts' | 'shared', found: readonly Found[], reason: string): PartsRemoval {
  const labelled = (name: string) => found.find(({ labels }) => labels[name] !== undefined)?.labels[name];
  const where = found.find((each) => each.where !== undefined)?.where;
  const created = momentOf(labelled('slipway-created'));
  const leftover: Leftover = {
    what,
    name: labelled(what === 'shared' ? 'slipway-key' : 'slipway-machine') ?? '',
    driver: place.driver,
    store: labelled(STORE) ?? '',
    reason,
    parts: found.map(({ kind, id }) => ({ kind, id })),
    ...(where === undefined ? {} : { where }),
    ...(created === undefined ? {} : { created }),
  };
  return { leftover, place, found };
}
