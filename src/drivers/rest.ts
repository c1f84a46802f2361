import { SlipwayError } from '../errors.ts';
import { type Fate, NoSuccess, patientGate, persistently, type Send, unanswered } from './asking.ts';
import type { Site } from './driver.ts';
import { answeredAtOnce } from './refusal.ts';

/** An API that takes and gives JSON over HTTPS, for places whose own library would be no help. */
export interface Rest {
  /** What was answered, parsed; undefined for an answer without a body. @throws SlipwayError */
  ask<T>(method: Method, path: string, question?: Question): Promise<T>;
  readonly signal: AbortSignal | undefined;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Question {
  /** A list is given value by value. */
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  readonly body?: unknown;
  /** In place of a body: the fields of a form. */
  readonly form?: Readonly<Record<string, string>>;
  /** May be asked again where nobody knows what became of it. Where not said, that holds for all but POST and PATCH. */
  readonly repeatable?: boolean;
  /** The request that makes a part: its error tells whether something may have been made. */
  readonly makes?: true;
}

/** Whose API it is, and how to speak to it. */
export interface Service {
  /** "Hetzner Cloud", for sentences. */
  readonly name: string;
  /** Tells those apart to whom other credentials belong, or who are elsewhere. */
  readonly scope: string;
  /** "https://api.hetzner.cloud/v1" */
  root(): string | Promise<string>;
  /** Asked for before each question, as some run out: what costs something the service remembers itself. */
  headers(): Promise<Readonly<Record<string, string>>>;
  /** How requests are sent, where Node's own way will not do. */
  readonly send?: (url: URL, init: RequestInit) => Promise<Response>;
  /** The error of an answer that is no success. */
  failure(answer: Answer): SlipwayError;
}

export interface Answer {
  readonly status: number;
  /** Parsed; undefined where it is no JSON. */
  readonly body: unknown;
}

/** The requests of all machines of a command go through one gate. */
export function newRest(service: Service, { memory, signal }: Pick<Site, 'memory' | 'signal'>): Rest {
  return {
    signal,
    async ask<T>(method: Method, path: string, question: Question = {}): Promise<T> {
      const gate = await memory.recall(`${service.name} ${service.scope}`, async () => patientGate());
      const repeatable = question.repeatable ?? !['POST', 'PATCH'].includes(method);
      const [root, headers] = [await service.root(), await service.headers()];
      const send = requestOf(service, `${root.replace(/\/$/, '')}${path}`, { method, question, headers });
      const fate: Fate = {};
      try {
        return (await gate.pass(() => persistently(send, valueIn, { repeatable, signal, fate }), signal)) as T;
      } catch (error) {
        const failure = errorOf(service, error, signal);
        throw question.makes && !fate.lost ? answeredAtOnce(failure) : failure;
      }
    },
  };
}

interface Asked {
  readonly method: Method;
  readonly question: Question;
  readonly headers: Readonly<Record<string, string>>;
}

function requestOf({ send = fetch }: Service, address: string, { method, question, headers: own }: Asked): Send {
  const { query = {}, body, form } = question;
  const url = new URL(address);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) for (const each of [value].flat()) url.searchParams.append(name, String(each));
  }
  const headers = { accept: 'application/json', ...own, ...(body === undefined ? {} : JSON_BODY) };
  const sent = form ? new URLSearchParams(form) : body === undefined ? undefined : JSON.stringify(body);
  const init = { method, headers, redirect: 'error', ...(sent === undefined ? {} : { body: sent }) };
  return (signal) => send(url, { ...(init as RequestInit), signal });
}

const JSON_BODY = { 'content-type': 'application/json' };

function valueIn(text: string): unknown {
  return text === '' ? undefined : JSON.parse(text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorOf({ name, failure }: Service, error: unknown, signal: AbortSignal | undefined): SlipwayError {
  if (!(error instanceof NoSuccess) || signal?.aborted) return unanswered(name, error, signal);
  return failure({ status: error.status, body: parsed(error.text) });
}

/**
 * The root of an API, from the variable with which the vendor's own program is pointed elsewhere.
 * @throws SlipwayError `unsafe`
 */
export function rootFrom(variable: string, usual: string): string {
  const given = process.env[variable];
  return given ? safeRoot(given, variable) : usual;
}

/**
 * Credentials are sent to the root of an API, so it must be HTTPS, or this computer.
 * @param named what gave it, for a sentence
 * @throws SlipwayError `unsafe`
 */
export function safeRoot(given: string, named: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const here = url !== undefined && /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(url.hostname);
  if (url?.protocol === 'https:' || (here && url?.protocol === 'http:')) return given;
  throw new SlipwayError('unsafe', `"${given}" is no address of an API to send credentials to`, {
    hint: `${named} must begin with https://`,
  });
}
