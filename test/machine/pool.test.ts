import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { leaseHolder, takeLease } from '../../src/machine/lease.ts';
import { specificationOf } from '../../src/machine/pool.ts';
import type { CreateRequest } from '../../src/machine/request.ts';
import { layout } from '../../src/store/layout.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-pool-'));
});

afterAll(() => rm(folder, { recursive: true }));

const request = (more: Partial<CreateRequest> = {}): CreateRequest => ({
  name: 'dev',
  driver: 'qemu',
  flags: { 'qemu-cpus': 2, 'qemu-memory': 2048 },
  engine: { labels: [], env: [], mirrors: [], insecureRegistries: [], options: [] },
  tls: { names: [] },
  ingress: { from: [], open: [] },
  access: 'tls',
  cloudInit: [],
  ...more,
});

test('requests that one machine answers as well as the other have one specification', async () => {
  const plain = await specificationOf(request());
  expect(plain).toMatch(/^[0-9a-f]{16}$/);
  const alike = [
    { name: 'other' },
    { flags: { 'qemu-memory': 2048, 'qemu-cpus': 2 } },
    { ttl: 7200 },
    { keepOnFailure: true },
  ];
  for (const more of alike) expect(await specificationOf(request(more))).toBe(plain);
});

test('what makes another machine makes another specification, also what is in a file', async () => {
  const file = join(folder, 'first-boot.sh');
  const of = async (more: Partial<CreateRequest>, text = '#!/bin/sh\n') => {
    await writeFile(file, text);
    return specificationOf(request(more));
  };
  const all = [
    await of({}),
    await of({ driver: 'generic' }),
    await of({ flags: { 'qemu-cpus': 4, 'qemu-memory': 2048 } }),
    await of({ access: 'ssh' }),
    await of({ idle: 600 }),
    await of({ engine: { ...request().engine, version: '27' } }),
    await of({ ingress: { from: ['192.0.2.0/24'], open: [] } }),
    await of({ cloudInit: [file] }),
    await of({ cloudInit: [file] }, '#!/bin/sh\necho more\n'),
  ];
  expect(new Set(all).size).toBe(all.length);
});

test('a lease is had by one at a time, and names who has it', async () => {
  const work = { store: layout(folder), env: {}, report: () => undefined };
  const release = await takeLease(work, 'dev');
  expect(await leaseHolder(work, 'dev')).toMatchObject({ pid: process.pid });
  expect(await leaseHolder(work, 'de')).toBeUndefined();
  await expect(takeLease(work, 'dev')).rejects.toMatchObject({ code: 'busy' });
  await release();
  await release();
  await (await takeLease(work, 'dev'))();
  expect(await leaseHolder(work, 'dev')).toBeUndefined();
});
