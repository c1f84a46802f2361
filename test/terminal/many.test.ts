import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Work } from '../../src/machine/work.ts';
import { layout } from '../../src/store/layout.ts';
import { chosen, forEach } from '../../src/terminal/many.ts';

let work: Work;

beforeEach(async () => {
  const store = layout(await mkdtemp(join(tmpdir(), 'slipway-many-')));
  work = { store, env: {}, report: () => undefined };
});

afterEach(async () => {
  await rm(work.store.root, { recursive: true });
});

test('those named, each once, in their order', async () => {
  expect(await chosen(work, ['two', 'one', 'two'], false)).toEqual(['two', 'one']);
});

test('with --all every one of the store, the broken too', async () => {
  expect(await chosen(work, [], true)).toEqual([]);
  for (const name of ['m10', 'm2']) {
    await mkdir(work.store.machine(name).folder, { recursive: true });
    await writeFile(work.store.machine(name).record, 'broken');
  }
  expect(await chosen(work, [], true)).toEqual(['m2', 'm10']);
});

test('none, or names beside --all, is refused', async () => {
  await expect(chosen(work, [], false)).rejects.toMatchObject({ code: 'bad-input', hint: expect.any(String) });
  await expect(chosen(work, ['one'], true)).rejects.toMatchObject({ code: 'bad-input' });
});

test.each(['../x', '-rf', 'a;b', '$(id)', '', 'a/b', '.', '🐳', 'a\nb', 'x'.repeat(300)])(
  '%j cannot be a name, so no path is made of it',
  async (name) => {
    await expect(chosen(work, ['good', name], false)).rejects.toMatchObject({ code: 'bad-input' });
  },
);

test('all at once, and a failure keeps nobody', async () => {
  const begun: string[] = [];
  const all = Promise.withResolvers<void>();
  const outcomes = await forEach(['a', 'b', 'c'], async (name) => {
    if (begun.push(name) === 3) all.resolve();
    await all.promise;
    if (name === 'b') throw new Error('no');
    return name.toUpperCase();
  });
  expect(outcomes).toEqual([
    { name: 'a', value: 'A' },
    { name: 'b', error: new Error('no') },
    { name: 'c', value: 'C' },
  ]);
});
