import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../poll.ts';
import { lastLines } from '../program.ts';
import { type Connection, type ConnectOptions, connect, enter, type Target } from './connect.ts';
import { dial } from './dial.ts';
import { type Journey, placeOf, type Stage, StageError } from './stage.ts';
import type { Talk } from './talk.ts';

export interface WaitOptions {
  /** For the whole way, in milliseconds. */
  limit: number;
  signal?: AbortSignal | undefined;
  /** Told of every stage when it is reached for the first time. */
  stage?: (name: Stage) => void;
  /** Nobody has just started it: what takes long is slow, and is given its time instead of a second connection. */
  isUp?: boolean;
}

/** What a host is asked first, for `Connection.talk`. */
export interface Opening {
  readonly command: string;
  readonly beginning: string;
  /** Whether a line shows that the command runs. */
  isAnswer(line: string): boolean;
}

/**
 * Waits until a host that is starting can be logged in to and answers what it is asked first: address, port, banner, host
 * key, authentication, shell. A function as target is asked anew at each try, and gives undefined while there is no address.
 * @throws SlipwayError `timeout` whose cause says which stage was reached; StageError `unsafe` at once for another host key
 */
export async function waitForSsh(
  target: Target | FindTarget,
  options: WaitOptions,
  opening: Opening = READY,
): Promise<Arrival> {
  const { limit, signal } = options;
  const between: Between = {};
  const find = typeof target === 'function' ? target : async () => target;
  const attempt = attempts(find, options, between, opening);
  try {
    return await waitFor({ what: 'SSH', limit, signal, pause: PAUSE }, attempt, mayPass);
  } catch (error) {
    between.host?.close();
    throw error;
  }
}

const READY: Opening = { command: 'echo ready', beginning: '', isAnswer: (line) => line === 'ready' };

/** Undefined while there is no address yet. */
type FindTarget = () => Promise<Target | undefined>;

interface Arrival {
  readonly connection: Connection;
  readonly talk: Talk;
}

/** The host that the target is reached through, connected once for all tries; it has to be up, the target comes up. */
interface Between {
  host?: Connection;
}

/** Between two tries, in milliseconds: how late a host that has come up is noticed. */
const PAUSE = 250;

/** How patient a try is, in milliseconds. */
interface Patience {
  /** For it to be greeted. */
  readonly greeting: number;
  /** For it to log in. */
  readonly login: number;
  /**
   * After which another is begun beside it: QEMU's user network drops what comes before the guest is up, so that a try
   * may hang that another does not. Absent: none is.
   */
  readonly nextTry?: number;
}

const WITH_ONE_THAT_IS_UP: Patience = { greeting: 60_000, login: 60_000 };

/** A host that has kept us waiting for long is slow: to be asked by many at once would make it slower. */
function patienceAfter(waited: number): Patience {
  return {
    greeting: Math.max(5_000, waited / 2),
    login: Math.max(20_000, waited / 2),
    nextTry: Math.max(700, waited / 8),
  };
}

/** Each try; when time runs out in the middle of one, the reason is what stopped the one before. */
function attempts(find: FindTarget, options: WaitOptions, between: Between, opening: Opening) {
  const { limit, signal, stage, isUp } = options;
  const start = performance.now();
  const end = start + limit;
  const onStage = inOrder(stage);
  let reason: unknown;
  let refusals = 0;
  return async () => {
    try {
      onStage('address');
      const target = await find();
      if (!target) throw new StageError('address', 'not-found', 'The machine has no address yet');
      if (target.via) between.host ??= await connect(target.via, { signal });
      const patience = isUp ? WITH_ONE_THAT_IS_UP : patienceAfter(performance.now() - start);
      const timeout = Math.min(patience.login, end - performance.now());
      return await enterAndTry(target, { signal, onStage, timeout }, patience, between.host, opening);
    } catch (error) {
      if (performance.now() >= end && mayPass(error) && reason !== undefined) throw reason;
      reason = error;
      if (error instanceof StageError && error.stage === 'authentication') {
        await pauseAfter(++refusals, end - performance.now(), signal);
      }
      throw error;
    }
  };
}

async function enterAndTry(
  target: Target,
  options: ConnectOptions,
  { greeting, login, nextTry }: Patience,
  via: Connection | undefined,
  opening: Opening,
): Promise<Arrival> {
  const connection = await enter(target, options, via, (journey) =>
    dialSoonest(target, { ...journey, limit: Math.min(greeting, journey.limit) }, nextTry),
  );
  try {
    return { connection, talk: await firstWords(connection, target, opening, options.signal, login) };
  } catch (error) {
    if (!via) connection.close(); // it would take the host in between with it
    throw error;
  }
}

async function firstWords(
  connection: Connection,
  { user, host, port }: Target,
  { command, beginning, isAnswer }: Opening,
  signal: AbortSignal | undefined,
  timeout: number,
): Promise<Talk> {
  const limits = { signal, timeout };
  const talk = await connection.talk(command, beginning, limits);
  let answered = false;
  const notice = (line: string) => {
    answered ||= isAnswer(line);
    return answered;
  };
  const { text, exit } = await talk.heard(notice, limits);
  if (answered) return talk;
  throw new StageError('shell', 'unsupported', `"${user}" runs no commands on "${placeOf(host, port)}"`, {
    cause: new Error(lastLines(text, 3) || `exit code ${exit?.code}`),
    hint: 'Give a user with a login shell.',
  });
}

/** Starts another try every so often while the earlier ones hang; what comes first, a greeting or a failure, is the answer. */
async function dialSoonest({ host, port }: Target, journey: Journey, nextTry: number | undefined): Promise<Socket> {
  if (nextTry === undefined) return dial(host, port, journey);
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, journey.signal ?? stop.signal]);
  const tries: Promise<Socket>[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const start = () => {
    const one = dial(host, port, { ...journey, signal });
    one.then(resolve, reject);
    tries.push(one);
  };
  start();
  const timer = setInterval(start, nextTry);
  try {
    return await promise;
  } finally {
    clearInterval(timer);
    stop.abort();
    const winner = await promise.catch(() => undefined);
    for (const one of tries)
      one.then(
        (socket) => socket === winner || socket.destroy(),
        () => undefined,
      );
  }
}

const STAGES: readonly Stage[] = ['address', 'port', 'banner', 'host key', 'authentication', 'shell'];

/** Passes on only stages beyond the furthest so far. */
function inOrder(tell: ((stage: Stage) => void) | undefined): (stage: Stage) => void {
  let furthest = -1;
  return (stage) => {
    if (STAGES.indexOf(stage) <= furthest) return;
    furthest = STAGES.indexOf(stage);
    tell?.(stage);
  };
}

/** Whether a host that is still starting fails like this. */
function mayPass(error: unknown): boolean {
  return error instanceof StageError && ['not-found', 'refused', 'timeout', 'failed'].includes(error.code);
}

/** 1, 3, 5, 5 … s: OpenSSH 9.8 shuts out whoever fails more often (sshd_config(5), PerSourcePenalties). */
async function pauseAfter(refusals: number, left: number, signal: AbortSignal | undefined): Promise<void> {
  const pause = Math.min(2000 * refusals - 1000, 5000, Math.max(0, left));
  await delay(pause, undefined, signal ? { signal } : {}).catch(() => undefined);
}
