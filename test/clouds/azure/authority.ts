import { randomBytes, randomUUID } from 'node:crypto';

/** The login: who is let in, and with which tokens. */
export interface Authority {
  readonly tenant: string;
  readonly client: string;
  readonly secret: string;
  /** What a CI system signs for a job of its, instead of the secret: a JSON Web Token at the real one. */
  readonly assertion: string;
  /** Lets somebody in by another way: a token, and for how many seconds it is good. */
  issue(): { readonly token: string; readonly seconds: number };
  /** Answers what is asked of the host of the authority; undefined for what is not for it. */
  answer(url: URL, form: URLSearchParams): { status: number; body: object } | undefined;
  knows(header: string | undefined): boolean;
  /** Forgets every token: they have run out. */
  expire(): void;
}

/** @param seconds for how long a token is good */
export function newAuthority(audience: () => string, seconds: number): Authority {
  const tenant = randomUUID();
  const client = randomUUID();
  const secret = randomBytes(18).toString('base64url');
  const assertion = randomBytes(18).toString('base64url');
  const tokens = new Map<string, number>();
  const issue = () => {
    const token = randomBytes(24).toString('base64url');
    tokens.set(token, Date.now() + 1000 * seconds);
    return { token, seconds };
  };
  const grant = (form: URLSearchParams) => {
    const wrong = wrongWith(form, { client, secret, assertion, scope: `${audience()}/.default` });
    if (wrong) return refuse(wrong.error, wrong.code, wrong.description);
    const lasting = { expires_in: seconds, ext_expires_in: seconds };
    return { status: 200, body: { token_type: 'Bearer', ...lasting, access_token: issue().token } };
  };
  return {
    tenant,
    client,
    secret,
    assertion,
    issue,
    answer(url, form) {
      const [, first, ...rest] = url.pathname.split('/');
      const path = rest.join('/');
      if (path === 'v2.0/.well-known/openid-configuration')
        return { status: 200, body: discovery(url.origin, first ?? '') };
      if (path !== 'oauth2/v2.0/token') return undefined;
      if (first !== tenant) return refuse('invalid_request', 90002, `Tenant '${first}' not found.`);
      return grant(form);
    },
    knows: (header) => Date.now() < (tokens.get((header ?? '').replace(/^Bearer /, '')) ?? 0),
    expire: () => tokens.clear(),
  };
}

type Known = Pick<Authority, 'client' | 'secret' | 'assertion'> & { readonly scope: string };

function wrongWith(form: URLSearchParams, known: Known) {
  if (form.get('grant_type') !== 'client_credentials') {
    return { error: 'unsupported_grant_type', code: 70003, description: 'Only client credentials are known here.' };
  }
  if (form.get('client_id') !== known.client) {
    return { error: 'unauthorized_client', code: 700016, description: 'Application was not found in the directory.' };
  }
  if (form.has('client_assertion')) {
    const isFitting =
      form.get('client_assertion_type') === ASSERTION && form.get('client_assertion') === known.assertion;
    if (!isFitting) return { error: 'invalid_client', code: 700211, description: 'No matching federated identity.' };
  } else if (form.get('client_secret') !== known.secret) {
    return { error: 'invalid_client', code: 7000215, description: 'Invalid client secret provided.' };
  }
  if ((form.get('scope') ?? '').split(' ').includes(known.scope)) return undefined;
  return { error: 'invalid_scope', code: 70011, description: `The scope ${form.get('scope')} is not valid.` };
}

/** RFC 7523, section 2.2. */
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

function refuse(error: string, code: number, description: string) {
  const body = { error, error_description: `AADSTS${code}: ${description} Trace ID: 0`, error_codes: [code] };
  return { status: error === 'invalid_client' ? 401 : 400, body };
}

function discovery(origin: string, tenant: string): object {
  return {
    issuer: `${origin}/${tenant}/v2.0`,
    authorization_endpoint: `${origin}/${tenant}/oauth2/v2.0/authorize`,
    token_endpoint: `${origin}/${tenant}/oauth2/v2.0/token`,
    jwks_uri: `${origin}/${tenant}/discovery/v2.0/keys`,
    response_types_supported: ['code', 'id_token'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}
