import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure, notFound, Refusal } from './refusal.ts';

/** Anything that Google keeps, as its API shows it. */
export interface Thing {
  kind: string;
  id: string;
  name: string;
  selfLink: string;
  creationTimestamp: string;
  [field: string]: unknown;
}

interface Entry {
  thing: Thing;
  /** It was there before anybody asked for anything. */
  readonly given: boolean;
  readonly since: number;
  until?: number;
}

export interface Operation extends Thing {
  status: 'PENDING' | 'RUNNING' | 'DONE';
}

/** How slow the place is, in milliseconds. */
export interface Pace {
  /** From the acceptance of a request until it shows. */
  readonly pending: number;
  /** Each step of what is then done. */
  readonly step: number;
  /** For how long lists show what was before. */
  readonly lag: number;
}

export type World = ReturnType<typeof newWorld>;

/** What a project holds, by paths below ".../compute/v1/", and the operations that change it. */
export function newWorld(root: string, pace: Pace) {
  const entries: Entry[] = [];
  const operations = new Map<string, Operation>();
  const queues = new Map<string, Promise<void>>();
  const requests = new Map<string, Operation>();

  const entryAt = (path: string) =>
    entries.find(({ thing, until }) => until === undefined && thing.selfLink === root + path);
  const show = (path: string, kind: string, fields: object, given = false): Thing => {
    const named = { name: path.split('/').at(-1) ?? '', selfLink: root + path };
    const stamp = { id: newId(), creationTimestamp: new Date().toISOString() };
    const thing = { ...(fields as Thing), kind: `compute#${kind}`, ...named, ...stamp };
    entries.push({ thing, given, since: Date.now() });
    return thing;
  };

  return {
    root,
    pace,
    operations,
    requests,
    show,
    /** What is there now; undefined where there is no such thing. */
    look: (path: string): Thing | undefined => entryAt(path)?.thing,
    /** @throws Refusal 404 */
    get(path: string): Thing {
      const entry = entryAt(path);
      if (entry) return entry.thing;
      throw notFound(path);
    },
    hide(path: string): void {
      const entry = entryAt(path);
      if (entry) entry.until = Date.now();
    },
    /** Of one collection below a path, as lists show it: a moment ago. */
    list(form: RegExp): Thing[] {
      const then = Date.now() - pace.lag;
      return entries
        .filter(({ since, until, given }) => (given || since <= then) && (until === undefined || until > then))
        .map(({ thing }) => thing)
        .filter(({ selfLink }) => form.test(selfLink.slice(root.length)));
    },
    /** Everything of a collection that is there now. */
    all(form: RegExp): Thing[] {
      return entries
        .filter(({ until, thing }) => until === undefined && form.test(thing.selfLink.slice(root.length)))
        .map(({ thing }) => thing);
    },
    /** What is there that was not given. */
    made(): Thing[] {
      return entries.filter(({ given, until }) => !given && until === undefined).map(({ thing }) => thing);
    },
    /** Accepts work on a target, does it after what is under way there, and gives the operation at once. */
    begin(target: string, operationType: string, work: () => Promise<void>, requestId?: string | null): Operation {
      const operation = newOperation(root, target, operationType);
      operations.set(operation.selfLink.slice(root.length), operation);
      if (requestId) requests.set(requestId, operation);
      const before = queues.get(target) ?? Promise.resolve();
      queues.set(
        target,
        before.then(() => carryOut(operation, work, pace)),
      );
      return { ...operation };
    },
    /** Of an operation that has not ended, what it is about and does. */
    underWay: () => [...operations.values()].filter(({ status }) => status !== 'DONE'),
    settled: () => Promise.all(queues.values()),
  };
}

async function carryOut(operation: Operation, work: () => Promise<void>, pace: Pace): Promise<void> {
  await delay(pace.pending);
  Object.assign(operation, { status: 'RUNNING', progress: 20, startTime: new Date().toISOString() });
  try {
    await work();
  } catch (error) {
    Object.assign(operation, failed(error));
  }
  Object.assign(operation, { status: 'DONE', progress: 100, endTime: new Date().toISOString() });
}

function failed(error: unknown): object {
  const { message } = error as Error;
  const { code, status, details } =
    error instanceof Failure
      ? error
      : { code: 'INTERNAL_ERROR', status: error instanceof Refusal ? error.status : 500, details: [] };
  const errorDetails = details.length > 0 ? { errorDetails: details } : {};
  return {
    error: { errors: [{ code, message, ...errorDetails }] },
    httpErrorStatusCode: status,
    httpErrorMessage: STATUS[status] ?? 'ERROR',
  };
}

const STATUS: Readonly<Record<number, string>> = { 400: 'BAD REQUEST', 403: 'FORBIDDEN', 503: 'SERVICE UNAVAILABLE' };

function newOperation(root: string, target: string, operationType: string): Operation {
  const scope = /^projects\/[^/]+\/(global|zones\/[^/]+|regions\/[^/]+)/.exec(target)?.[0] ?? '';
  const name = `operation-${Date.now()}-${randomInt(2 ** 40).toString(16)}`;
  const area = scope.split('/').at(-2);
  return {
    kind: 'compute#operation',
    id: newId(),
    name,
    ...(area === 'zones' || area === 'regions' ? { [area.slice(0, -1)]: root + scope } : {}),
    operationType,
    targetLink: root + target,
    targetId: newId(),
    status: 'PENDING',
    user: 'slipway@slipway-test.iam.gserviceaccount.com',
    progress: 0,
    insertTime: new Date().toISOString(),
    creationTimestamp: new Date().toISOString(),
    selfLink: `${root}${scope}/operations/${name}`,
  };
}

export function newId(): string {
  return String(randomInt(2 ** 40)) + String(randomInt(10 ** 6)).padStart(6, '0');
}

/** What a change must bring along, so that it does not undo another's: base64 for URLs, padded, as Google writes it. */
export function newFingerprint(): string {
  return `${randomBytes(8).toString('base64url')}=`;
}
