import { SlipwayError } from '../../errors.ts';
import type { Gate } from '../../gate.ts';
import type { Memory } from '../../memory.ts';
import { NoSuccess, patientGate, persistently, unanswered } from '../asking.ts';
import { answerLimit } from '../patience.ts';
import { credentials } from './credentials.ts';
import { failureOfStatus, faultIn } from './failures.ts';
import { type Http, newHttp, responseOf } from './http.ts';
import { loggedIn } from './relogin.ts';
import { failureOfError } from './rest-failures.ts';
import { dialer, type Server } from './server.ts';

/** The vSphere Automation API of a vCenter, under /rest as 6.5 to 8 have it: content libraries are nowhere else. */
export interface Rest {
  /** What is under "value" in the answer. @throws SlipwayError */
  ask(question: RestQuestion, signal: AbortSignal | undefined): Promise<unknown>;
}

export interface RestQuestion {
  readonly method: 'GET' | 'POST';
  /** "/com/vmware/content/library?~action=find" */
  readonly path: string;
  readonly body?: unknown;
  /** May be asked again where nobody knows what became of it. */
  readonly repeatable: boolean;
  /** For work that is answered when it is done, in milliseconds. */
  readonly limit?: number;
}

/** The machines of a command share the session. @throws SlipwayError */
export function restOf(server: Server, memory: Memory): Promise<Rest> {
  return memory.recall(`vsphere rest ${JSON.stringify(server)}`, async () => {
    const http = newHttp(server, await dialer(server));
    const login = await loggedIn(
      () => logIn(http, server),
      (error) => faultIn(error) === 'unauthenticated',
    );
    memory.atEnd(() => logOut(http, login.now()));
    const gate = patientGate();
    return {
      ask: (question, signal) =>
        login.within((session) => {
          const headers = { 'vmware-api-session-id': session, 'content-type': 'application/json' };
          return asked(gate, { http, server, headers }, question, signal);
        }),
    };
  });
}

const SESSION = '/com/vmware/cis/session';

async function logIn(http: Http, server: Server): Promise<string> {
  const { user, password } = credentials(server.host);
  const headers = { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
  const question = { method: 'POST', path: SESSION, repeatable: true } as const;
  const session = await asked(patientGate(), { http, server, headers }, question, undefined);
  if (typeof session === 'string' && /^[\x21-\x7e]+$/.test(session)) return session;
  throw new SlipwayError('refused', `"${server.host}" lets nobody into its content libraries`);
}

/** For the answer to a logout, in milliseconds. */
const FAREWELL = 2000;

/** Never throws, also where nobody is logged in any more: a session that nobody uses ends by itself. */
async function logOut(http: Http, session: Promise<string>): Promise<void> {
  const leave = async () => {
    const headers = { 'vmware-api-session-id': await session };
    await http({ method: 'DELETE', path: `/rest${SESSION}`, headers }, AbortSignal.timeout(FAREWELL));
  };
  await leave().catch(() => undefined);
}

interface Asking {
  readonly http: Http;
  readonly server: Server;
  readonly headers: Readonly<Record<string, string>>;
}

async function asked(
  gate: Gate,
  { http, server, headers }: Asking,
  { method, path, body, repeatable, limit }: RestQuestion,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const send = async (until: AbortSignal) => {
    const answer = await http({ method, path: `/rest${path}`, headers, ...content }, until);
    return responseOf(answer, answer.status);
  };
  try {
    const manner = { repeatable, signal, limit: answerLimit(limit) };
    return await gate.pass(() => persistently(send, valueIn, manner), signal);
  } catch (error) {
    if (error instanceof NoSuccess && !signal?.aborted) {
      throw failureOfError(error.text) ?? failureOfStatus(error.status);
    }
    throw unanswered(`vSphere at "${server.host}"`, error, signal);
  }
}

function valueIn(text: string): unknown {
  return text === '' ? undefined : JSON.parse(text).value;
}
