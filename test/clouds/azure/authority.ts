import { randomBytes, randomUUID } from 'node:crypto';

/** The login: who is let in, and with which tokens. */
export interface Authority {
  readonly tenant: string;
  readonly client: string;
  readonly secret: string;
  /** Answers what is asked of the host of the authority; undefined for what is not for it. */
  answer(url: URL, form: URLSearchParams): { status: number; body: object } | undefined;
  knows(header: string | undefined): boolean;
  /** Forgets every token: they have run out. */
  expire(): void;
}

export function newAuthority(audience: () => string): Authority {
  const tenant = randomUUID();
  const client = randomUUID();
  const secret = randomBytes(18).toString('base64url');
  const tokens = new Set<string>();
  const grant = (form: URLSearchParams) => {
    const wrong = wrongWith(form, { client, secret, scope: `${audience()}/.default` });
    if (wrong) return refuse(wrong.error, wrong.code, wrong.description);
    const token = randomBytes(24).toString('base64url');
    tokens.add(token);
    return { status: 200, body: { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: token } };
  };
  return {
    tenant,
    client,
    secret,
    answer(url, form) {
      const [, first, ...rest] = url.pathname.split('/');
      const path = rest.join('/');
      if (path === 'v2.0/.well-known/openid-configuration')
        return { status: 200, body: discovery(url.origin, first ?? '') };
      if (path !== 'oauth2/v2.0/token') return undefined;
      if (first !== tenant) return refuse('invalid_request', 90002, `Tenant '${first}' not found.`);
      return grant(form);
    },
    knows: (header) => tokens.has((header ?? '').replace(/^Bearer /, '')),
    expire: () => tokens.clear(),
  };
}

function wrongWith(form: URLSearchParams, known: { client: string; secret: string; scope: string }) {
  if (form.get('grant_type') !== 'client_credentials') {
    return { error: 'unsupported_grant_type', code: 70003, description: 'Only client credentials are known here.' };
  }
  if (form.get('client_id') !== known.client) {
    return { error: 'unauthorized_client', code: 700016, description: 'Application was not found in the directory.' };
  }
  if (form.get('client_secret') !== known.secret) {
    return { error: 'invalid_client', code: 7000215, description: 'Invalid client secret provided.' };
  }
  if ((form.get('scope') ?? '').split(' ').includes(known.scope)) return undefined;
  return { error: 'invalid_scope', code: 70011, description: `The scope ${form.get('scope')} is not valid.` };
}

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
