import type { IncomingMessage } from 'node:http';
import type { Identity } from './identity.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The metadata server of an instance, and the service that exchanges a foreign token; undefined for other requests. */
export function answerTokens(identity: Identity, request: IncomingMessage, body: string): Answer | undefined {
  const path = (request.url ?? '').split('?')[0] ?? '';
  if (path === '/v1/token') return exchanged(identity, body);
  if (!path.startsWith('/computeMetadata/')) return undefined;
  const headers = { 'metadata-flavor': 'Google' };
  if (request.headers['metadata-flavor'] !== 'Google') return { status: 403, body: 'Missing Metadata-Flavor' };
  if (path.endsWith('/service-accounts/default/token')) {
    return { status: 200, headers, body: JSON.stringify({ ...given(identity), token_type: 'Bearer' }) };
  }
  if (path === '/computeMetadata/v1/instance') return { status: 200, headers, body: '{}' };
  return { status: 404, headers, body: 'not here' };
}

function exchanged(identity: Identity, body: string): Answer {
  const form = new URLSearchParams(body);
  if (form.get('subject_token') !== 'a token of the CI system') {
    return {
      status: 400,
      body: JSON.stringify({ error: 'invalid_grant', error_description: 'The token is not of the CI system.' }),
    };
  }
  const answer = {
    ...given(identity),
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'Bearer',
  };
  return { status: 200, body: JSON.stringify(answer) };
}

function given(identity: Identity): object {
  const { token, seconds } = identity.newToken();
  return { access_token: token, expires_in: seconds };
}
