import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { SlipwayError, sentenceOf } from '../../errors.ts';
import { throwIfAborted } from '../../poll.ts';
import type { Checksum } from './source.ts';

export interface Download {
  readonly url: string;
  readonly checksum: Checksum;
  /** Where the file appears, when all of it is there and right. */
  readonly to: string;
  /** Where it grows meanwhile; what an earlier attempt left there is continued. */
  readonly part: string;
  note(sentence: string): void;
  readonly signal?: AbortSignal | undefined;
}

/** For the server to begin its answer, in milliseconds: whoever is offline shall know soon. */
const ANSWER_LIMIT = 6_000;
/** Between two pieces of a file, in milliseconds. */
const STALL_LIMIT = 15_000;
const NOTE_EVERY = 5_000;
const MEGA = 1_000_000;

/**
 * Fetches a file that has to have this checksum. What was fetched before is not fetched again; if the whole turns out
 * wrong, it is removed.
 * @throws SlipwayError `failed` when it cannot be fetched, `unsafe` when it is not what the checksum says
 */
export async function download(order: Download): Promise<void> {
  await fetchRest(order);
  const hex = await digest(order.part, order.checksum.algorithm);
  if (hex === order.checksum.hex) return rename(order.part, order.to);
  await rm(order.part, { force: true });
  throw new SlipwayError('unsafe', `What "${order.url}" gave is not what its checksum says, and was thrown away`, {
    cause: new Error(`expected ${order.checksum.algorithm}:${order.checksum.hex}, got ${hex}`),
    hint: 'Try again; if it stays so, the checksum is of another version of the file',
  });
}

/** Fetches a small text. @throws SlipwayError `failed` */
export async function fetchText(url: string, signal?: AbortSignal): Promise<string> {
  const watch = watchdog(signal);
  try {
    const response = await request(url, {}, watch);
    return await response.text();
  } catch (error) {
    throw failed(url, error, watch, signal);
  } finally {
    watch.stop();
  }
}

/** The digest of a file, in hexadecimal. */
export async function digest(path: string, algorithm: Checksum['algorithm']): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function fetchRest({ url, part, note, signal }: Download): Promise<void> {
  const have = await sizeOf(part);
  const watch = watchdog(signal);
  try {
    const response = await request(url, have > 0 ? { range: `bytes=${have}-` } : {}, watch);
    if (response.status === 416) return; // all of it is here already, or the checksum will tell that it is not
    const continued = response.status === 206;
    const tell = progress(note, url, continued ? have : 0, response);
    await append(response, part, continued ? 'a' : 'w', (bytes) => {
      watch.alive();
      tell(bytes);
    });
  } catch (error) {
    throw failed(url, error, watch, signal);
  } finally {
    watch.stop();
  }
}

async function request(url: string, headers: Record<string, string>, watch: Watchdog): Promise<Response> {
  const response = await fetch(url, { headers, signal: watch.signal, redirect: 'follow' });
  watch.alive();
  if (response.ok || response.status === 416) return response;
  await response.body?.cancel();
  throw new SlipwayError('refused', `the server answered ${response.status} ${response.statusText}`.trim());
}

async function append(
  response: Response,
  path: string,
  how: 'a' | 'w',
  progressed: (bytes: number) => void,
): Promise<void> {
  const file = await open(path, how, 0o600);
  try {
    for await (const chunk of response.body ?? []) {
      await file.writeFile(chunk);
      progressed(chunk.byteLength);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

interface Watchdog {
  readonly signal: AbortSignal;
  readonly silent: () => boolean;
  alive(): void;
  stop(): void;
}

/** Aborts when nothing is heard for too long, or when the caller's own signal does. */
function watchdog(outer: AbortSignal | undefined): Watchdog {
  const controller = new AbortController();
  let timer = setTimeout(() => controller.abort(), ANSWER_LIMIT);
  return {
    signal: outer ? AbortSignal.any([outer, controller.signal]) : controller.signal,
    silent: () => controller.signal.aborted,
    alive() {
      clearTimeout(timer);
      timer = setTimeout(() => controller.abort(), STALL_LIMIT);
    },
    stop: () => clearTimeout(timer),
  };
}

function failed(url: string, error: unknown, watch: Watchdog, signal: AbortSignal | undefined): SlipwayError {
  throwIfAborted(signal, `the download of "${url}"`);
  const cause = watch.silent() ? new Error('the server went silent') : reasonOf(error);
  return new SlipwayError('failed', `"${url}" cannot be downloaded`, { cause });
}

/** `fetch` says only "fetch failed"; why is in its cause, or causes. */
function reasonOf(error: unknown): Error {
  const cause = error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
  return new Error(sentenceOf(cause));
}

function progress(note: (sentence: string) => void, url: string, have: number, response: Response) {
  const total = have + Number(response.headers.get('content-length') ?? 0);
  let done = have;
  let told = performance.now();
  return (bytes: number) => {
    done += bytes;
    if (performance.now() - told < NOTE_EVERY) return;
    told = performance.now();
    const of = total > done ? ` of ${Math.round(total / MEGA)}` : '';
    note(`${Math.round(done / MEGA)}${of} MB of "${url}"`);
  };
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
