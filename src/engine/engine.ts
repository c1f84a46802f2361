import { SlipwayError } from '../errors.ts';
import { waitFor } from '../poll.ts';
import { ask, CALL_LIMIT, type EngineCall } from './call.ts';
import { type EngineAddress, placeOf } from './client.ts';
import { notAnEngine } from './failures.ts';

export interface EngineVersion {
  /** "28.2.2". */
  version: string;
  /** The newest version of the API that it speaks: "1.50". */
  apiVersion: string;
  /** "linux". */
  os: string;
  /** "amd64". */
  arch: string;
}

/**
 * Asks whether the engine is there, over mutual TLS.
 * @throws SlipwayError `refused` when it is not or does not want us, `unsafe` when it cannot prove who it is,
 * `timeout`, `interrupted`
 */
export async function ping(address: EngineAddress, call: EngineCall = {}): Promise<void> {
  await ask(address, call, (client, abortSignal) => client.ping({ abortSignal }));
}

/** Asks what the engine is. Throws as `ping` does. */
export async function version(address: EngineAddress, call: EngineCall = {}): Promise<EngineVersion> {
  const answer = await ask(address, call, (client, abortSignal) => client.version({ abortSignal }));
  const { Version, ApiVersion, Os, Arch } = Object(answer) as Record<string, unknown>;
  if (typeof Version !== 'string' || typeof ApiVersion !== 'string') throw notAnEngine(placeOf(address), call.machine);
  return { version: Version, apiVersion: ApiVersion, os: String(Os), arch: String(Arch) };
}

export interface EngineWait extends EngineCall {
  /** The limit of the whole wait, in milliseconds. */
  limit: number;
  /** What to look at when it is reached; the engine's log when absent. */
  hint?: string;
}

/**
 * Waits until the engine answers. One that cannot prove who it is ends the wait: `unsafe`.
 * @throws SlipwayError `timeout` with the last refusal as the reason
 */
export async function waitForEngine(address: EngineAddress, wait: EngineWait): Promise<EngineVersion> {
  const { limit, signal, timeout = CALL_LIMIT, machine = 'NAME' } = wait;
  const { hint = `Look at its log: slipway ssh ${machine} journalctl -u docker` } = wait;
  const end = performance.now() + limit;
  const probe = () => {
    const left = Math.max(1, end - performance.now());
    return version(address, { ...wait, timeout: Math.min(timeout, left) });
  };
  return waitFor({ what: `the engine on "${placeOf(address)}"`, limit, hint, signal }, probe, isPassing);
}

function isPassing(error: unknown): boolean {
  return error instanceof SlipwayError && (error.code === 'refused' || error.code === 'timeout');
}
