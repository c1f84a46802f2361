import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { accessFor, scopeOf } from '../../../src/drivers/openstack/access.ts';
import openstack from '../../../src/drivers/openstack/index.ts';
import type { FlagValues } from '../../../src/flags.ts';

let folder = '';
const before = { ...process.env };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-clouds-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  for (const name of Object.keys(process.env)) if (name.startsWith('OS_')) delete process.env[name];
  for (const name of ['CONFIG', 'SECURE', 'VENDOR']) {
    process.env[`OS_CLIENT_${name}_FILE`] = join(folder, `${name.toLowerCase()}.yaml`);
  }
  await rm(folder, { recursive: true });
  await mkdir(folder);
});
afterEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('OS_')) delete process.env[name];
  Object.assign(process.env, before);
});

const write = (file: string, text: string) => writeFile(join(folder, `${file}.yaml`), text);

/** What is asked to log in with. */
function question(values: FlagValues = {}) {
  return accessFor(values).question() as { auth: object };
}

const TWO = `
clouds:
  lab:
    auth: { auth_url: "https://lab.example.org:5000", username: ada, project_name: web, user_domain_name: people }
    region_name: north
    cacert: /etc/lab.pem
  shop:
    auth_type: v3applicationcredential
    auth:
      auth_url: https://shop.example.org/identity/v3
      application_credential_id: "0123"
    regions: [{ name: east }, west]
    interface: internal
    verify: false
    compute_endpoint_override: https://nova.example.org/v2.1
`;
const SECRETS = `
clouds:
  lab: { auth: { password: swordfish } }
  shop: { auth: { application_credential_secret: tuna } }
`;

test('a cloud is what clouds.yaml says, with what secure.yaml adds', async () => {
  await write('config', TWO);
  await write('secure', SECRETS);
  const lab = { 'openstack-cloud': 'lab' };
  expect(accessFor(lab)).toMatchObject({
    url: 'https://lab.example.org:5000/v3',
    region: 'north',
    interface: 'public',
    trust: { cacert: '/etc/lab.pem', insecure: false },
  });
  expect(question(lab)).toEqual({
    auth: {
      identity: {
        methods: ['password'],
        password: { user: { name: 'ada', domain: { name: 'people' }, password: 'swordfish' } },
      },
      scope: { project: { name: 'web', domain: { id: 'default' } } },
    },
  });
  process.env.OS_CLOUD = 'shop';
  expect(accessFor({})).toMatchObject({
    url: 'https://shop.example.org/identity/v3',
    region: 'east',
    interface: 'internal',
    trust: { insecure: true },
    overrides: { compute: 'https://nova.example.org/v2.1' },
  });
  expect(question()).toEqual({
    auth: {
      identity: { methods: ['application_credential'], application_credential: { id: '0123', secret: 'tuna' } },
    },
  });
});

test('variables come before clouds.yaml, and flags before both', async () => {
  await write('config', TWO);
  await write('secure', SECRETS);
  process.env.OS_CLOUD = 'lab';
  process.env.OS_REGION_NAME = 'south';
  process.env.OS_PASSWORD = 'cod';
  expect(question()).toMatchObject({ auth: { identity: { password: { user: { password: 'cod' } } } } });
  expect(accessFor({}).region).toBe('south');
  const values = { 'openstack-region': 'up', 'openstack-tenant-id': '42', 'openstack-endpoint-type': 'adminURL' };
  expect(accessFor(values)).toMatchObject({ region: 'up', interface: 'admin' });
  expect(question(values)).toMatchObject({ auth: { scope: { project: { id: '42' } } } });
  expect(scopeOf(values)).toBe('lab 42 up');
});

test('variables alone do, also the older ones, and then no file counts', async () => {
  await write('config', 'clouds: { lab: { auth: { auth_url: "https://lab.example.org" }, region_name: north } }');
  Object.assign(process.env, {
    OS_AUTH_URL: 'https://other.example.org/v2.0/',
    OS_USERNAME: 'ada',
    OS_PASSWORD: 'cod',
    OS_TENANT_NAME: 'web',
    OS_DOMAIN_NAME: 'people',
  });
  expect(accessFor({}).url).toBe('https://other.example.org/v3');
  expect(accessFor({}).region).toBeUndefined();
  const domain = { name: 'people' };
  expect(question()).toEqual({
    auth: {
      identity: { methods: ['password'], password: { user: { name: 'ada', domain, password: 'cod' } } },
      scope: { project: { name: 'web', domain } },
    },
  });
  expect(openstack.candidates?.({ 'openstack-flavor-id': '1' })).toEqual([{ 'openstack-flavor-id': '1' }]);
});

test('a token opens a project too', () => {
  Object.assign(process.env, { OS_AUTH_URL: 'https://a.example.org', OS_TOKEN: 'gAAA', OS_PROJECT_ID: '42' });
  expect(question()).toEqual({
    auth: { identity: { methods: ['token'], token: { id: 'gAAA' } }, scope: { project: { id: '42' } } },
  });
});

test('an application credential may be named with its user', () => {
  Object.assign(process.env, {
    OS_AUTH_URL: 'https://a.example.org',
    OS_APPLICATION_CREDENTIAL_NAME: 'slipway',
    OS_APPLICATION_CREDENTIAL_SECRET: 'tuna',
    OS_USER_ID: '7',
  });
  expect(question()).toEqual({
    auth: {
      identity: {
        methods: ['application_credential'],
        application_credential: { name: 'slipway', user: { id: '7' }, secret: 'tuna' },
      },
    },
  });
});

test('the only cloud in clouds.yaml is meant where none is named, and the machine keeps to it', async () => {
  await write('config', 'clouds: { lab: { profile: shared, auth: { username: ada, password: a, project_name: p } } }');
  await write(
    'vendor',
    'public-clouds: { shared: { auth: { auth_url: "https://lab.example.org" }, region_name: north } }',
  );
  expect(accessFor({})).toMatchObject({ url: 'https://lab.example.org/v3', region: 'north' });
  const values = { 'openstack-flavor-name': 'a, b', 'openstack-availability-zone': 'x,y' };
  const kept = { 'openstack-cloud': 'lab', 'openstack-region': 'north' };
  expect(openstack.candidates?.(values)).toEqual(
    ['a', 'b'].flatMap((flavor) =>
      ['x', 'y'].map((zone) => ({ ...kept, 'openstack-flavor-name': flavor, 'openstack-availability-zone': zone })),
    ),
  );
});

test.each<[string, NodeJS.ProcessEnv, string, RegExp]>([
  ['nothing', {}, 'no-credentials', /There are no credentials for OpenStack/],
  ['a cloud that there is not', { OS_CLOUD: 'lib' }, 'no-credentials', /no cloud "lib"/],
  ['a cloud without address', { OS_CLOUD: 'bare' }, 'no-credentials', /has no auth_url/],
  ['a cloud without password', { OS_CLOUD: 'lab' }, 'no-credentials', /no password/],
  ['an unknown profile', { OS_CLOUD: 'far' }, 'no-credentials', /profile "moon"/],
  ['another way to log in', { OS_CLOUD: 'odd' }, 'no-credentials', /auth_type "v3totp"/],
  ['no user', { OS_AUTH_URL: 'https://a.example.org', OS_PASSWORD: 'a' }, 'no-credentials', /no user name/],
  [
    'no project',
    { OS_AUTH_URL: 'https://a.example.org', OS_USERNAME: 'a', OS_PASSWORD: 'a' },
    'no-credentials',
    /No project is named/,
  ],
  ['an address without TLS', { OS_AUTH_URL: 'http://a.example.org' }, 'unsafe', /does not begin with https/],
  ['what is no address', { OS_AUTH_URL: 'lab' }, 'bad-input', /no address of a cloud/],
])('%s gets a sentence', async (_, env, code, message) => {
  const odd = '  odd: { auth_type: v3totp, auth: { auth_url: "https://a.example.org" } }';
  await write('config', `${TWO}  bare: {}\n  far: { profile: moon }\n${odd}\n`);
  Object.assign(process.env, env);
  expect(() => question()).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
});

test('a file that is no YAML is named, and not quoted', async () => {
  await write('secure', 'clouds: { lab: { auth: { password: sword"fish ] } }');
  await write('config', TWO);
  process.env.OS_CLOUD = 'lab';
  const thrown = (() => {
    try {
      return question();
    } catch (error) {
      return error as Error;
    }
  })() as Error;
  expect(thrown).toMatchObject({ code: 'no-credentials', message: expect.stringContaining('secure.yaml') });
  expect(JSON.stringify([thrown.message, String(thrown.cause)])).not.toContain('fish');
});

test('without TLS only where that is said not to matter, or nobody is on the way', () => {
  Object.assign(process.env, { OS_AUTH_URL: 'http://a.example.org' });
  expect(accessFor({ 'openstack-insecure': true }).url).toBe('http://a.example.org/v3');
  process.env.OS_AUTH_URL = 'http://127.0.0.1:5000';
  expect(accessFor({}).url).toBe('http://127.0.0.1:5000/v3');
});
