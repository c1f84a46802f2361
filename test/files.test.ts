import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createFile, makeFolder, replaceFile } from '../src/files.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-files-'));
  file = join(folder, 'record');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

/** Another process that runs these lines of JavaScript, with the functions of files.ts at hand. */
function another(lines: string, wrapped: readonly string[] = []): ChildProcess {
  const module = resolve('src/files.ts');
  const script = `import { createFile, replaceFile } from ${JSON.stringify(module)};\n${lines}`;
  const node = [process.execPath, '--experimental-strip-types', '--no-warnings', '--input-type=module', '-e', script];
  const [program = '', ...args] = [...wrapped, ...node];
  return spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function outputOf(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  await once(child, 'close');
  return text;
}

test('nobody else can read what is written, and nothing lies beside it', async () => {
  await replaceFile(file, 'one');
  expect(await modeOf(file)).toBe(0o600);
  await chmod(file, 0o644);
  await replaceFile(file, 'two');
  expect(await readFile(file, 'utf8')).toBe('two');
  expect(await modeOf(file)).toBe(0o600);
  await createFile(join(folder, 'script'), '', 0o700);
  expect(await modeOf(join(folder, 'script'))).toBe(0o700);
  expect(await readdir(folder)).toEqual(['record', 'script']);
});

test('a reader never sees a part, even when the writer is killed', async () => {
  const texts = ['a'.repeat(300_000), 'b'.repeat(200_000)];
  await replaceFile(file, texts[0] ?? '');
  const writer = another(`
    const [a, b] = ['a'.repeat(300_000), 'b'.repeat(200_000)];
    for (let n = 0; ; n++) await replaceFile(${JSON.stringify(file)}, n % 2 ? a : b);`);
  const seen = new Set<string>();
  for (let reads = 0; reads < 500 || seen.size < 2; reads++) seen.add(await readFile(file, 'utf8'));
  writer.kill('SIGKILL');
  await once(writer, 'close');
  seen.add(await readFile(file, 'utf8'));
  expect([...seen].map((text) => text.slice(0, 9)).sort()).toEqual(['aaaaaaaaa', 'bbbbbbbbb']); // the writer did write
  expect([...seen].every((text) => texts.includes(text))).toBe(true);
});

test('of twenty processes that make the same file one succeeds, and its text stays', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      outputOf(
        another(`await createFile(${JSON.stringify(file)}, 'by ${n}'.repeat(1000)).then(
          () => process.stdout.write('by ${n}'), (error) => process.stdout.write(error.code));`),
      ),
    ),
  );
  const winners = outcomes.filter((outcome) => outcome !== 'EEXIST');
  expect(winners).toHaveLength(1);
  expect(await readFile(file, 'utf8')).toBe(winners[0]?.repeat(1000));
  expect(await readdir(folder)).toEqual(['record']);
});

test.each(['replaceFile', 'createFile'])('a failed write of %s leaves what was there, and no draft', async (write) => {
  await writeFile(file, 'old');
  // No file of this process may grow beyond 64 KiB: it is told EFBIG, as a full disk tells ENOSPC.
  const limited = ['prlimit', '--fsize=65536'];
  const call = `await ${write}(${JSON.stringify(file)}, 'new'.repeat(100_000))`;
  const told = await outputOf(another(`${call}.catch((error) => process.stdout.write(error.code));`, limited));
  expect(told).toBe('EFBIG');
  expect(await readFile(file, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['record']);
});

test.each(['replaceFile', 'createFile'])(
  'the draft of a %s that was killed goes with the next write',
  async (write) => {
    const lines = `await ${write}(${JSON.stringify(file)}, 'one')`;
    const step = `${write === 'createFile' ? 'link' : 'rename'} home/record.draft home/record 1`;
    const killed = another(lines, [
      'env',
      '--unset=TMPDIR',
      `HOME=${folder}`,
      `SLIPWAY_FAULT_BEFORE=${step}`,
      `NODE_OPTIONS=--import=${resolve('test/faults/kill.mjs')}`,
    ]);
    await once(killed, 'close');
    expect(await readdir(folder)).toEqual([expect.stringMatching(/^record\..*\.draft$/)]);
    await replaceFile(join(folder, 'recorder'), '');
    expect(await readdir(folder)).toHaveLength(2);
    await replaceFile(file, 'two');
    expect(await readdir(folder)).toEqual(['record', 'recorder']);
  },
);

test('a name that cannot be replaced leaves no draft', async () => {
  await mkdir(join(file, 'inside'), { recursive: true });
  await expect(replaceFile(file, 'new')).rejects.toMatchObject({ code: 'EISDIR' });
  expect(await readdir(folder)).toEqual(['record']);
});

test('folders are made down to the deepest, for us only, and making them again changes nothing', async () => {
  const deep = join(folder, 'one', 'two', 'three');
  await makeFolder(deep);
  await makeFolder(deep);
  for (const path of [deep, join(folder, 'one', 'two'), join(folder, 'one')]) expect(await modeOf(path)).toBe(0o700);
  await writeFile(file, '');
  await expect(makeFolder(join(file, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});
