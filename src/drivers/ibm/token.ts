import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { codeOf, SlipwayError } from '../../errors.ts';
import type { Site } from '../driver.ts';
import { type Answer, newRest, rootFrom } from '../rest.ts';
import { failureOf } from './failures.ts';

/** A token that IBM Cloud takes for an hour or less. */
export interface Token {
  readonly text: string;
  /** The moment from which it is of no use, in milliseconds since 1970. */
  readonly until: number;
}

/** For how long a token must be good for to be used, in milliseconds. */
const SPARE = 5 * 60_000;

type Alone = Pick<Site, 'memory' | 'signal'>;

/** Gives the token of the moment: asked for when the last one is about to run out. @throws SlipwayError `no-credentials` */
export function newTokens(site: Alone): () => Promise<Token> {
  let known: Promise<Token> | undefined;
  const renewed = async (last: Promise<Token> | undefined) => {
    const present = await last?.catch(() => undefined);
    return present && isGood(present) ? present : login(site);
  };
  return () => {
    known = renewed(known);
    return known;
  };
}

function isGood({ until }: Token): boolean {
  return until - SPARE > Date.now();
}

/** The account that a token opens, as it says itself. */
export function accountIn({ text }: Token): string | undefined {
  const account = claimsIn(text).account as { bss?: string } | undefined;
  return account?.bss;
}

/** As IBM's own programs find it: an API key in the environment, or the login of the ibmcloud program. */
async function login(site: Alone): Promise<Token> {
  const apikey = process.env.IBMCLOUD_API_KEY || process.env.IC_API_KEY;
  if (apikey) return granted(site, { grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey });
  const { token, refresh } = programLogin();
  if (token !== undefined && isGood(token)) return token;
  if (refresh) return granted(site, { grant_type: 'refresh_token', refresh_token: refresh }, PROGRAM);
  throw noCredentials();
}

/** Who the ibmcloud program says it is, since a token can be renewed only by whom it was given to; no secret. */
const PROGRAM = { authorization: `Basic ${Buffer.from('bx:bx').toString('base64')}` };

interface Granted {
  readonly access_token: string;
  /** Seconds since 1970. */
  readonly expiration: number;
}

async function granted(site: Alone, form: Record<string, string>, headers: Record<string, string> = {}) {
  const iam = newRest(
    {
      name: 'IBM Cloud',
      scope: 'tokens',
      root: () => rootFrom('IBMCLOUD_IAM_API_ENDPOINT', 'https://iam.cloud.ibm.com'),
      headers: async () => headers,
      failure: notGranted,
    },
    site,
  );
  const { access_token, expiration } = await iam.ask<Granted>('POST', '/identity/token', { form, repeatable: true });
  return { text: access_token, until: expiration * 1000 };
}

/** cloud.ibm.com/apidocs/iam-identity-token-api: what is wrong with a key or a login is a 400 or a 401. */
function notGranted(answer: Answer): SlipwayError {
  const { status, body } = answer;
  if (status >= 500 || status === 429 || status === 403) return failureOf(answer);
  const said = body as { errorCode?: string; errorMessage?: string } | undefined;
  const cause = Object.assign(new Error(said?.errorMessage || `HTTP ${status}`), { code: said?.errorCode ?? '' });
  return new SlipwayError('no-credentials', 'IBM Cloud does not accept the API key, or the login has run out', {
    cause,
    hint: HINT,
  });
}

const HINT = 'Log in with: ibmcloud login, or make a key with: ibmcloud iam api-key-create slipway';

interface ProgramLogin {
  readonly token?: Token;
  readonly refresh?: string;
}

/** What the ibmcloud program keeps; docs of the program, "ibmcloud config". */
function programLogin(): ProgramLogin {
  const { IAMToken: bearer, IAMRefreshToken: refresh } = configuration();
  const text = bearer?.replace(/^Bearer /i, '') ?? '';
  const { exp } = claimsIn(text);
  return {
    ...(typeof exp === 'number' ? { token: { text, until: exp * 1000 } } : {}),
    ...(refresh ? { refresh } : {}),
  };
}

function configPath(): string {
  return join(process.env.IBMCLOUD_HOME || homedir(), '.bluemix', 'config.json');
}

function configuration(): { IAMToken?: string; IAMRefreshToken?: string } {
  try {
    return JSON.parse(readFileSync(configPath(), 'utf8'));
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return {};
    throw new SlipwayError('no-credentials', `The file "${configPath()}" cannot be read`, { cause, hint: HINT });
  }
}

/** What a JSON Web Token says (RFC 7519); IBM itself looks whether it is true. */
function claimsIn(token: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  } catch {
    return {};
  }
}

function noCredentials(): SlipwayError {
  const sentence = `There are no credentials for IBM Cloud: looked at IBMCLOUD_API_KEY, and for a login in "${configPath()}"`;
  return new SlipwayError('no-credentials', sentence, { hint: HINT });
}
