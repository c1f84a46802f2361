import { mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readConsole } from '../../../src/drivers/qemu/console.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-console-'));
  path = join(folder, 'console.log');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('there is none before the machine was started', async () => {
  expect(await readConsole(path)).toBeUndefined();
});

test('a short one is read as it is', async () => {
  await writeFile(path, 'first boot\nsecond boot\n');
  expect(await readConsole(path)).toBe('first boot\nsecond boot\n');
});

test('a long one is cut to its end, while something goes on appending to it', async () => {
  const writer = await open(path, 'a');
  await writer.write(`${'x'.repeat(2_000_000)}\nthe end\n`);
  expect(await readConsole(path)).toMatch(/x\nthe end\n$/);
  await writer.write('and more\n');
  await writer.close();
  expect((await stat(path)).size).toBeLessThan(300_000);
  expect(await readConsole(path)).toMatch(/x\nthe end\nand more\n$/);
});
