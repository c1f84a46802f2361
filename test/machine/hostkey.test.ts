import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hostKeysOf, shownKeysOf } from '../../src/machine/hostkey.ts';
import type { Work } from '../../src/machine/work.ts';
import { fingerprint } from '../../src/ssh/index.ts';
import { layout } from '../../src/store/layout.ts';
import { freePort, type Sshd, startSshd } from '../hosts/sshd.ts';
import { targetOf } from '../ssh/target.ts';

let between: Sshd;
let inside: Sshd;
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'slipway-hostkey-'));
  [between, inside] = await Promise.all([startSshd({ config: ['LogLevel DEBUG1'] }), startSshd()]);
});

afterAll(() => Promise.all([between.remove(), inside.remove(), rm(root, { recursive: true })]));

const work = (): Work => ({ store: layout(root), env: {}, report: () => undefined });
const stranger = () => ({ host: inside.host, port: inside.port, accept: (print: string) => `say ${print}` });
const bare = () => inside.hostKey.split(' ').slice(0, 2).join(' ');

test('a fingerprint that was given is enough to go there: nothing is asked about it beforehand', async () => {
  const given = fingerprint(inside.hostKey);
  const nobody = { ...stranger(), port: await freePort() };
  expect(await hostKeysOf(work(), { ...nobody, given })).toEqual([given]);
});

test('the key of a host behind another is asked for through that one', async () => {
  const given = fingerprint(inside.hostKey);
  const before = between.log().length;
  expect(await shownKeysOf(work(), { ...stranger(), given, via: targetOf(between) })).toEqual([bare()]);
  expect(between.log().slice(before)).toContain('direct-tcpip');
});

test('nobody is trusted at first sight, there as little as elsewhere', async () => {
  const asked = hostKeysOf(work(), { ...stranger(), via: targetOf(between) });
  await expect(asked).rejects.toMatchObject({
    code: 'unsafe',
    hint: expect.stringContaining(`say ${fingerprint(inside.hostKey)}`),
  });
  const wrong = { ...stranger(), given: fingerprint(between.hostKey), via: targetOf(between) };
  await expect(shownKeysOf(work(), wrong)).rejects.toMatchObject({ code: 'unsafe' });
});

test('a person may agree to what is shown', async () => {
  const questions: string[] = [];
  const ask = { yes: async (question: string) => questions.push(question) > 0 };
  expect(await hostKeysOf({ ...work(), ask } as Work, { ...stranger(), via: targetOf(between) })).toEqual([bare()]);
  expect(questions).toEqual([expect.stringContaining(fingerprint(inside.hostKey))]);
});
