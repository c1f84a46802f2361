import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ProgramResult } from '../../src/program.ts';
import { awsError, type Ec2Cloud, startCloud } from '../clouds/amazonec2/index.ts';
import { SSH_PORT, type StandIns, startStandIns } from '../hosts/stand-ins.ts';
import { newOldUser, type OldUser } from './cli.ts';

/**
 * What GitLab Runner's docker+machine executor does with docker-machine: its argument vectors, the files that it reads,
 * and what it makes of exit codes and outputs. It knows no credentials but those among its MachineOptions.
 */
const NO_REPORT = '--bugsnag-api-token=no-report';

const names = Array.from({ length: 20 }, (_, n) => `runner-t0ken4u-ci-1795824000-${(0xa0 + n).toString(16)}cdef01`);

let hosts: StandIns;
let cloud: Ec2Cloud;
let user: OldUser;
let options: readonly string[];
const address = createServer((_, response) => void response.end('127.0.0.1\n'));

beforeAll(async () => {
  address.listen(0, '127.0.0.1');
  await once(address, 'listening');
  hosts = await startStandIns();
  cloud = await startCloud({ others: hosts.url, instances: names.length + 3 });
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...env } = cloud.env;
  user = await newOldUser({
    ...env,
    SLIPWAY_ADDRESS_URL: `http://127.0.0.1:${(address.address() as AddressInfo).port}`,
  });
  options = [
    `amazonec2-access-key=${AWS_ACCESS_KEY_ID}`,
    `amazonec2-secret-key=${AWS_SECRET_ACCESS_KEY}`,
    'amazonec2-region=us-east-1',
    'amazonec2-zone=a',
    'amazonec2-instance-type=t3.micro',
    `amazonec2-ssh-port=${SSH_PORT}`,
    'amazonec2-tags=runner-manager-name,gitlab,gitlab,true',
    'amazonec2-use-ebs-optimized-instance',
    'engine-registry-mirror=https://mirror.example',
    'engine-opt=log-level=warn',
    'engine-opt=max-concurrent-downloads=3',
  ];
}, 240_000);

afterAll(async () => {
  await user.remove();
  await cloud.close();
  await hosts.close();
  address.close();
});

function call(...words: string[]): Promise<ProgramResult> {
  return user.machine(NO_REPORT, ...words);
}

function createWords(name: string): string[] {
  return [NO_REPORT, 'create', '--driver', 'amazonec2', ...options.map((option) => `--${option}`), name];
}

const configOf = (name: string) => user.store.machine(name).record;

/** Whether the Runner takes the machine for one that there is. */
async function exists(name: string): Promise<boolean> {
  return existsSync(configOf(name)) && (await call('inspect', name)).code === 0;
}

/** The removal of a machine: a stop whose outcome does not matter, then rm until it says that it has. */
async function removed(name: string, attempts = 30): Promise<ProgramResult> {
  await call('stop', name);
  const result = await call('rm', '-y', name);
  return result.code === 0 || attempts === 1 ? result : removed(name, attempts - 1);
}

/** Reads machines/ and every config.json as the Runner may at any moment; gives what it could not read. */
function watching(): { stop: () => Promise<string[]> } {
  const wrong: string[] = [];
  const seen = new Set<string>();
  let on = true;
  const look = () => {
    const folders = existsSync(user.store.machines) ? readdirSync(user.store.machines) : [];
    for (const name of folders.filter((each) => !each.startsWith('.'))) {
      if (!existsSync(configOf(name))) {
        if (seen.has(name)) wrong.push(`${name} has lost its config.json`);
        continue;
      }
      seen.add(name);
      try {
        const { DriverName, Driver } = JSON.parse(readFileSync(configOf(name), 'utf8'));
        if (DriverName !== 'amazonec2' || typeof Driver !== 'object') wrong.push(`${name} says ${DriverName}`);
      } catch (error) {
        wrong.push(`${name}: ${error}`);
      }
    }
  };
  const ended = (async () => {
    while (on) {
      look();
      await delay(20);
    }
  })();
  return {
    async stop() {
      on = false;
      await ended;
      return wrong;
    },
  };
}

test('what is not there is told by exit codes, and rm -f of it is no failure', async () => {
  expect((await call('inspect', 'nobody')).code).not.toBe(0);
  expect(await call('config', 'nobody')).toMatchObject({ code: 1, stdout: '' });
  expect(await call('url', 'nobody')).toMatchObject({ code: 1, stdout: '' });
  expect((await call('rm', '-f', 'nobody')).code).toBe(0);
  expect((await call('rm', '-y', 'nobody')).code).not.toBe(0);
}, 120_000);

test('twenty creates at once, in a store that is not there yet; no config.json is ever torn', async () => {
  const reader = watching();
  const made = await Promise.all(names.map((name) => user.machine(...createWords(name))));
  expect(made.filter(({ code }) => code !== 0).map(({ stdout, stderr }) => stdout + stderr)).toEqual([]);
  expect(made.map(({ stderr }) => stderr).join('')).toBe('');
  expect(await reader.stop()).toEqual([]);
  expect(readdirSync(user.store.machines).sort()).toEqual(names);
}, 600_000);

test('a job gets its machine: four calls, and the files that they lead to', async () => {
  for (const name of names.slice(0, 2)) {
    expect(await call('config', name)).toMatchObject({ code: 0 });
    const url = await call('url', name);
    expect(url).toEqual(expect.objectContaining({ code: 0, stdout: expect.stringMatching(/^tcp:\/\/[\d.]+:2376\n$/) }));
    const path = await call('inspect', name, '-f', '{{.HostOptions.AuthOptions.StorePath}}');
    expect(path).toMatchObject({ code: 0, stdout: `${user.store.machine(name).folder}\n`, stderr: '' });
    expect(await version(url.stdout.trim(), path.stdout.trim())).toBe(200);
  }
}, 240_000);

/** As the Runner's docker client asks an engine: over mutual TLS, with the three files in that folder. */
async function version(url: string, path: string): Promise<number | undefined> {
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((file) => readFileSync(join(path, file)));
  const request = get(`${url.replace('tcp:', 'https:')}/version`, { ca, cert, key, agent: false } as object);
  const [response] = await once(request, 'response');
  response.resume();
  return response.statusCode;
}

test.each([
  ['when the group is there', 'CreateSecurityGroup', 'after'],
  ['when the instance is there, which nobody was told yet', 'RunInstances', 'after'],
] as const)(
  'a create that is killed %s is removed with all that it made',
  async (_, what, moment) => {
    const before = (await cloud.left()).length;
    const name = `runner-killed-${what.toLowerCase()}-${moment}`;
    const child = start(createWords(name));
    cloud.intercept = (asked, when) => {
      if (asked.what === what && when === moment) child.kill('SIGKILL');
      return undefined;
    };
    await once(child, 'close');
    cloud.intercept = () => undefined;
    expect(child.signalCode).toBe('SIGKILL');
    expect(await exists(name)).toBe(true);
    expect(await removed(name)).toMatchObject({ code: 0 });
    expect(await exists(name)).toBe(false);
    expect((await cloud.left()).length).toBe(before);
  },
  240_000,
);

function start(words: readonly string[]): ChildProcess {
  return spawn(join(user.user.home, 'bin/docker-machine'), words, { env: user.user.env, stdio: 'ignore' });
}

test('rm -y fails and keeps the record while the place says no; killed in the middle it is done again', async () => {
  const [name = '', other = ''] = names;
  cloud.intercept = ({ what }, when) =>
    what === 'TerminateInstances' && when === 'before' ? awsError('UnauthorizedOperation', { status: 403 }) : undefined;
  expect(await removed(name, 1)).toMatchObject({ code: 1, stderr: expect.stringContaining('Error removing host') });
  expect(await exists(name)).toBe(true);
  cloud.intercept = () => undefined;
  expect(await removed(name)).toMatchObject({ code: 0 });
  expect(existsSync(user.store.machine(name).folder)).toBe(false);
  const child = start([NO_REPORT, 'rm', '-y', other]);
  cloud.intercept = ({ what }, when) => {
    if (what === 'TerminateInstances' && when === 'after') child.kill('SIGKILL');
    return undefined;
  };
  await once(child, 'close');
  cloud.intercept = () => undefined;
  expect([child.signalCode, await exists(other)]).toEqual(['SIGKILL', true]);
}, 240_000);

test('rm -f forgets a machine even where the place says no', async () => {
  const [, , name = ''] = names;
  cloud.intercept = ({ what }, when) =>
    what === 'TerminateInstances' && when === 'before' ? awsError('UnauthorizedOperation', { status: 403 }) : undefined;
  expect(await call('rm', '-f', name)).toMatchObject({ code: 0 });
  cloud.intercept = () => undefined;
  expect(existsSync(user.store.machine(name).folder)).toBe(false);
}, 120_000);

test('all are removed at once, and nothing is left but what was given up', async () => {
  const left = names.slice(1).filter((_, n) => n !== 1);
  const gone = await Promise.all(left.map((name) => removed(name)));
  expect(gone.filter(({ code }) => code !== 0).map(({ stderr }) => stderr)).toEqual([]);
  expect(readdirSync(user.store.machines)).toEqual([]);
  const instances = (await cloud.left()).filter((each) => each.startsWith('instance'));
  expect(instances).toHaveLength(1);
  expect(cloud.complaints).toEqual([]);
}, 600_000);
