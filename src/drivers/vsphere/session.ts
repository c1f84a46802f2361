import { SlipwayError } from '../../errors.ts';
import { NoSuccess, patientGate, persistently, unanswered } from '../asking.ts';
import { type Credentials, credentials } from './credentials.ts';
import { failureOfStatus, faultIn } from './failures.ts';
import { newHttp } from './http.ts';
import { loggedIn } from './relogin.ts';
import { dialer, type Server } from './server.ts';
import { envelope, newPost, valuesIn } from './soap.ts';
import { at, type Ref, refOf, type Xml, xml } from './xml.ts';

/** Where one user is logged in. */
export interface Session {
  /** The objects that everything begins with, and what the server says of itself. */
  readonly content: Xml;
  /** The values that a method gives. @throws SlipwayError */
  ask: Ask;
  /** Logs out. Never throws: a session that nobody uses ends by itself. */
  close(): Promise<void>;
}

export type Ask = (question: Question, signal?: AbortSignal) => Promise<readonly Xml[]>;

export interface Question {
  readonly method: string;
  readonly on: Ref;
  /** The arguments, in the order of the schema. */
  readonly words: readonly (Xml | undefined)[];
  /** May be asked again where nobody knows what became of it: what it would do twice is refused, or is no harm. */
  readonly repeatable: boolean;
}

/** Logs in, and again when the server has forgotten the session. */
export async function openSession(server: Server): Promise<Session> {
  const who = credentials(server.host);
  const { ask, forget } = await newAsk(server);
  const [content] = await ask(CONTENT);
  if (content === undefined) throw new SlipwayError('refused', `"${server.host}" does not say what it is`);
  const manager = refOf(at(content, 'sessionManager') as Xml);
  const logIn = () => {
    forget(); // whoever is logged in cannot log in
    return ask({ method: 'Login', on: manager, words: wordsOf(who), repeatable: true });
  };
  const login = await loggedIn(logIn, (error) => faultIn(error) === 'NotAuthenticated');
  return {
    content,
    ask: (question, signal) => login.within(() => ask(question, signal)),
    async close() {
      const question = { method: 'Logout', on: manager, words: [], repeatable: false };
      await ask(question, AbortSignal.timeout(FAREWELL)).catch(() => undefined);
    },
  };
}

/** For the answer to a logout, in milliseconds. */
const FAREWELL = 2000;

const CONTENT: Question = {
  method: 'RetrieveServiceContent',
  on: { type: 'ServiceInstance', id: 'ServiceInstance' },
  words: [],
  repeatable: true,
};

function wordsOf({ user, password }: Credentials): Xml[] {
  return [xml('userName', user), xml('password', password)];
}

/** The cookie that the server gives at any answer is shown to it from then on. */
async function newAsk(server: Server): Promise<{ readonly ask: Ask; forget(): void }> {
  const post = newPost(newHttp(server, await dialer(server)));
  const gate = patientGate();
  let cookie: string | undefined;
  const keep = (given: string) => {
    cookie = given;
  };
  const ask: Ask = async ({ method, on, words, repeatable }, signal) => {
    const document = envelope(method, on, words);
    const send = (limit: AbortSignal) => post(document, cookie, keep)(limit);
    try {
      return await gate.pass(() => persistently(send, valuesIn, { repeatable, signal }), signal);
    } catch (error) {
      if (error instanceof NoSuccess && !signal?.aborted) throw failureOfStatus(error.status);
      throw unanswered(`vSphere at "${server.host}"`, error, signal);
    }
  };
  return {
    ask,
    forget() {
      cookie = undefined;
    },
  };
}
