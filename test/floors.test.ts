import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from '@jest/globals';

/** docs/architecture.md: a folder imports from a lower floor only; the ground is the files directly under src/. */
const FLOORS: Readonly<Record<string, number>> = {
  commands: 5,
  'docker-machine': 5,
  terminal: 4,
  machine: 3,
  drivers: 2,
  provision: 2,
  context: 2,
  store: 1,
  ssh: 1,
  certs: 1,
  engine: 1,
  '': 0,
};

/** Libraries that belong to one folder each. */
const HOMES: Readonly<Record<string, string[]>> = {
  'node-forge': ['certs'],
  ssh2: ['ssh'],
  dockerode: ['engine'],
  '@oclif/core': ['commands', 'terminal'],
  'google-auth-library': ['drivers'],
  'tar-stream': ['drivers'],
  yaml: ['drivers'],
};

/** Whose SDK it is, by how the names of its packages begin. */
const SDKS: Readonly<Record<string, string>> = {
  'drivers/amazonec2/': '@aws-sdk/',
  'drivers/azure/': '@azure/',
  'drivers/google/': '@googleapis/',
  'drivers/vsphere/': 'fast-xml-parser',
};

const src = resolve('src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const IMPORT = /(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)'([^']+)'/gm;

interface Import {
  file: string;
  target: string;
}

const imports: Import[] = files.flatMap((file) =>
  [...readFileSync(join(src, file), 'utf8').matchAll(IMPORT)].map((match) => ({ file, target: match[1] ?? '' })),
);
const local = imports
  .filter(({ target }) => target.startsWith('.'))
  .map(({ file, target }) => ({ file, target: relative(src, resolve(src, dirname(file), target)) }));

const folderOf = (file: string) => (file.includes('/') ? (file.split('/')[0] ?? '') : '');

test('there are files and imports to look at', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(local.length).toBeGreaterThan(100);
});

test('every folder has a floor', () => {
  expect(files.filter((file) => FLOORS[folderOf(file)] === undefined)).toEqual([]);
});

test('no import points up or sideways', () => {
  const wrong = local.filter(({ file, target }) => {
    const [from, to] = [folderOf(file), folderOf(target)];
    return from !== to && (FLOORS[to] ?? 9) >= (FLOORS[from] ?? -1);
  });
  expect(wrong).toEqual([]);
});

test('every import is of a file that exists', () => {
  expect(local.filter(({ target }) => !files.includes(target))).toEqual([]);
});

test('no imports go in a circle', () => {
  expect(circle()).toBeUndefined();
});

test('each library is imported in its own folder only', () => {
  const strangers = imports.filter(({ file, target }) => {
    if (target.startsWith('.') || target.startsWith('node:')) return false;
    if (Object.entries(SDKS).some(([folder, scope]) => file.startsWith(folder) && target.startsWith(scope)))
      return false;
    return !HOMES[target]?.includes(folderOf(file));
  });
  expect(strangers).toEqual([]);
});

/** The first circle found, as a path of files. */
function circle(): string[] | undefined {
  const done = new Set<string>();
  const walk = (file: string, path: string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const { target } of local.filter((each) => each.file === file)) {
      const found = walk(target, [...path, file]);
      if (found) return found;
    }
    done.add(file);
    return undefined;
  };
  for (const file of files) {
    const found = walk(file, []);
    if (found) return found;
  }
  return undefined;
}
