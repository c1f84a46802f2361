import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { credentials } from '../../../src/drivers/vsphere/credentials.ts';
import vsphere from '../../../src/drivers/vsphere/index.ts';
import type { FlagValues } from '../../../src/flags.ts';
import { certificate } from '../../clouds/vsphere/certificate.ts';
import { SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();
let folder = '';
let before: NodeJS.ProcessEnv = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-vsphere-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => {
  before = { ...process.env };
});
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

async function file(name: string, content: string): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

describe('the user and password', () => {
  test('are those of docker-machine’s variables, then govc’s', () => {
    process.env.GOVC_URL = 'ada:p%40ss@vcenter.example.com';
    for (const name of ['VSPHERE_USERNAME', 'VSPHERE_PASSWORD']) delete process.env[name];
    expect(credentials('h')).toEqual({ user: 'ada', password: 'p@ss' });
    process.env.GOVC_USERNAME = 'bob';
    process.env.GOVC_PASSWORD = 'secret';
    expect(credentials('h')).toEqual({ user: 'bob', password: 'secret' });
    process.env.VSPHERE_USERNAME = 'eve';
    expect(credentials('h')).toEqual({ user: 'eve', password: 'secret' });
    expect(vsphere.fleet?.scope({})).toBe('vcenter.example.com:443');
    expect(vsphere.candidates?.({})[0]).toEqual({
      'vsphere-vcenter': 'vcenter.example.com',
      'vsphere-vcenter-port': 443,
    });
  });

  test('are missed with a sentence that says where they were looked for', () => {
    for (const name of ['VSPHERE_USERNAME', 'VSPHERE_PASSWORD']) delete process.env[name];
    expect(() => credentials('vc')).toThrow(
      expect.objectContaining({ code: 'no-credentials', message: expect.stringContaining('GOVC_URL') }),
    );
  });

  test('that are wrong are told', async () => {
    process.env.VSPHERE_PASSWORD = 'another';
    await expect(vsphere.fleet?.survey(SMALL)).rejects.toMatchObject({ code: 'no-credentials' });
  });
});

describe('the certificate', () => {
  const bare: FlagValues = { ...SMALL, 'vsphere-thumbprint': '' };
  const survey = (values: FlagValues) =>
    vsphere.fleet?.survey({ ...bare, 'vsphere-vcenter': '127.0.0.1', 'vsphere-vcenter-port': cloud().port, ...values });

  test('of a stranger is told by its thumbprint, and nothing is sent', async () => {
    const asked = cloud().calls.length;
    const { thumbprint } = await certificate();
    await expect(survey({})).rejects.toMatchObject({ code: 'unsafe', hint: expect.stringContaining(thumbprint) });
    const wrong = { 'vsphere-thumbprint': thumbprint.replace(/^../, thumbprint.startsWith('00') ? '01' : '00') };
    await expect(survey(wrong)).rejects.toMatchObject({ code: 'unsafe', message: expect.stringContaining(thumbprint) });
    expect(cloud().calls.length).toBe(asked);
  });

  test('is known by either thumbprint, also as govc keeps it', async () => {
    const { thumbprint, older } = await certificate();
    expect(await survey({ 'vsphere-thumbprint': older.toLowerCase() })).toEqual([]);
    const line = `127.0.0.1:${cloud().port} ${thumbprint}\n`;
    process.env.GOVC_TLS_KNOWN_HOSTS = await file('known_hosts', line);
    expect(await survey({})).toEqual([]);
  });

  test('is known by its authority', async () => {
    const path = await file('ca.pem', (await certificate()).authority);
    expect(await survey({ 'vsphere-ca-file': path })).toEqual([]);
    process.env.GOVC_TLS_CA_CERTS = path;
    expect(await survey({})).toEqual([]);
    await expect(survey({ 'vsphere-ca-file': join(folder, 'none.pem') })).rejects.toMatchObject({ code: 'bad-input' });
  });
});
