import { type ErrorCode, type ErrorOptions, SlipwayError } from '../errors.ts';

/** The way to a host, in this order; an error says how far it came. */
export type Stage = 'address' | 'port' | 'banner' | 'host key' | 'authentication' | 'shell';

/** A connection that failed, and where on the way. */
export class StageError extends SlipwayError {
  readonly stage: Stage;

  constructor(stage: Stage, code: ErrorCode, sentence: string, options: ErrorOptions = {}) {
    super(code, sentence, options);
    this.stage = stage;
  }
}

/** What every step on the way is given. */
export interface Journey {
  /** How long the step may take, in milliseconds. */
  limit: number;
  signal?: AbortSignal | undefined;
  /** Told of every stage as it begins. */
  onStage?: ((stage: Stage) => void) | undefined;
}

/** "host:port" for a sentence; an IPv6 address in brackets. */
export function placeOf(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
