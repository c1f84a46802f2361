import type { ServiceName, Services } from './services.ts';

/** Somebody who is logged in. */
export interface Client {
  /** The id of the project. */
  readonly project: string;
  /** Gives what was answered, parsed; throws for what is no success. */
  // biome-ignore lint/suspicious/noExplicitAny: the services answer, and tests know what they asked
  ask(method: string, service: ServiceName, path: string, body?: object): Promise<any>;
}

interface Who {
  readonly user: string;
  readonly password: string;
  readonly project: string;
}

export const admin = (services: Services): Promise<Client> =>
  logIn(services, { user: 'admin', password: services.password, project: 'admin' });

export async function logIn({ host, ports }: Services, { user, password, project }: Who): Promise<Client> {
  const domain = { id: 'default' };
  const identity = { methods: ['password'], password: { user: { name: user, domain, password } } };
  const answer = await fetch(`http://${host}:${ports.identity}/v3/auth/tokens`, {
    method: 'POST',
    headers: JSON_BODY,
    body: JSON.stringify({ auth: { identity, scope: { project: { name: project, domain } } } }),
  });
  const token = answer.headers.get('x-subject-token');
  if (token === null) throw new Error(`"${user}" cannot log in: ${await answer.text()}`);
  const { token: told } = (await answer.json()) as { token: { project: { id: string } } };
  return {
    project: told.project.id,
    async ask(method, service, path, body) {
      const url = `http://${host}:${ports[service]}${path}`;
      const headers = { ...JSON_BODY, 'x-auth-token': token };
      const response = await fetch(url, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return text === '' ? undefined : JSON.parse(text);
    },
  };
}

const JSON_BODY = { 'content-type': 'application/json' };
