import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Ec2Cloud, startCloud } from '../../clouds/amazonec2/index.ts';
import { createUntilSsh } from '../../clouds/cli.ts';
import { wordsFor } from '../../clouds/cloud.ts';
import { newUser, type User } from '../../commands/cli.ts';

/** Who gives credentials for a while: STS, the portal of SSO, and the agent beside a container. */
let givers: Server;
let cloud: Ec2Cloud;
let user: User;
let [key, secret] = ['', ''];

const LATER = new Date(Date.now() + 3600_000).toISOString();

beforeAll(async () => {
  cloud = await startCloud();
  [key, secret] = [cloud.env.AWS_ACCESS_KEY_ID ?? '', cloud.env.AWS_SECRET_ACCESS_KEY ?? ''];
  givers = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://here');
    response.end(ANSWERS[pathname]?.());
  });
  givers.listen(0, '127.0.0.1');
  await once(givers, 'listening');
});

afterAll(async () => {
  givers.close();
  await cloud.close();
});

beforeEach(async () => {
  user = await newUser({ ...cloud.env });
  for (const name of FROM_NOWHERE) delete user.env[name];
});

afterEach(() => user.remove());

/** What says in other tests that there are these credentials and no others. */
const FROM_NOWHERE = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
] as const;

const ANSWERS: Readonly<Record<string, () => string>> = {
  '/': () =>
    `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>
     <Credentials><AccessKeyId>${key}</AccessKeyId><SecretAccessKey>${secret}</SecretAccessKey><SessionToken>t</SessionToken>
     <Expiration>${LATER}</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
  '/container': () => JSON.stringify({ AccessKeyId: key, SecretAccessKey: secret, Token: 't', Expiration: LATER }),
  '/federation/credentials': () =>
    JSON.stringify({
      roleCredentials: { accessKeyId: key, secretAccessKey: secret, sessionToken: 't', expiration: Date.parse(LATER) },
    }),
};

const giver = (path = '') => `http://127.0.0.1:${(givers.address() as AddressInfo).port}${path}`;

async function write(file: string, text: string): Promise<string> {
  const path = join(user.home, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

/** Asks EC2 for all that a machine would take, with whatever credentials are found. */
const tryIt = () => user.slipway('create', '--dry-run', ...wordsFor(cloud), 'dev');

const SOURCES: Readonly<Record<string, () => Promise<NodeJS.ProcessEnv>>> = {
  'keys in the environment': async () => ({ AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret }),
  'keys in the file of credentials': async () => {
    await write('.aws/credentials', `[default]\naws_access_key_id = ${key}\naws_secret_access_key = ${secret}\n`);
    return {};
  },
  'a profile whose program gives them': async () => {
    const given = JSON.stringify({ Version: 1, AccessKeyId: key, SecretAccessKey: secret });
    const program = await write('give', `#!/bin/sh\necho '${given}'\n`);
    await write('.aws/config', `[profile own]\ncredential_process = sh ${program}\n`);
    return { AWS_PROFILE: 'own' };
  },
  'a profile of SSO, after a log-in': async () => {
    const session = 'sso_region = us-east-1\nsso_start_url = https://example.awsapps.com/start\n';
    const profile = 'sso_session = work\nsso_account_id = 123456789012\nsso_role_name = docker\n';
    await write('.aws/config', `[profile own]\n${profile}[sso-session work]\n${session}`);
    const cache = createHash('sha1').update('work').digest('hex');
    await write(`.aws/sso/cache/${cache}.json`, JSON.stringify({ accessToken: 'logged-in', expiresAt: LATER }));
    return { AWS_PROFILE: 'own', AWS_ENDPOINT_URL_SSO: giver() };
  },
  'the token that a CI system gave': async () => ({
    AWS_WEB_IDENTITY_TOKEN_FILE: await write('token', 'header.payload.signature'),
    AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/docker',
    AWS_ENDPOINT_URL_STS: giver(),
  }),
  'the role of a container': async () => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: giver('/container') }),
};

test.each(Object.entries(SOURCES))('%s will do', async (_, source) => {
  Object.assign(user.env, await source());
  expect(await tryIt()).toMatchObject({ code: 0, stderr: expect.not.stringContaining('Error') });
});

test('a machine outlives the keys that made it', async () => {
  Object.assign(user.env, { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret });
  await createUntilSsh(cloud, user, 'dev');
  user.env.AWS_ACCESS_KEY_ID = 'AKIATAKENBACK0000001';
  const refused = await user.slipway('rm', '-y', 'dev');
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('AWS') });
  delete user.env.AWS_ACCESS_KEY_ID;
  Object.assign(user.env, await SOURCES['keys in the file of credentials']?.());
  expect(await user.slipway('rm', '-y', '--quiet', 'dev')).toMatchObject({ code: 0, stderr: '' });
  expect(await cloud.left()).toEqual([]);
});
