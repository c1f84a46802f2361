/** Makes dist/: a file a command with what commands share in chunks, libraries included, each loaded on first use. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Plugin } from '@oclif/core';
import { build } from 'esbuild';
import { lateNodeModules, lateOclif, together, unused } from './bundling.js';

/** What oclif, or bin/, loads by its name. */
const filesOf = (folder) => readdirSync(folder).map((file) => `${folder}/${file}`);
const ENTRIES = [
  ...filesOf('src/commands'),
  ...filesOf('src/docker-machine/commands'),
  'src/docker-machine/start.ts',
  'src/terminal/unknown-command.ts',
  'src/terminal/start.ts',
  'src/terminal/help.ts',
];

/** The commands that ask nobody, or little: people and scripts type them all day. */
const QUICK = 'active complete completion config drivers env help inspect ip ls status url use version'.split(' ');

/** What libraries that are CommonJS count on, and an ES module does not have; made when it is used, which is hardly ever. */
const COMMONJS = [
  "const realRequire = () => process.getBuiltinModule('node:module').createRequire(import.meta.url);",
  'const require = Object.assign((id) => realRequire()(id), { resolve: (id) => realRequire().resolve(id) });',
  'const { filename: __filename, dirname: __dirname } = import.meta;',
].join('\n');

const OPTIONS = {
  entryPoints: ENTRIES,
  outbase: 'src',
  outdir: 'dist',
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node22.13',
  // Native code that ssh2 does without.
  external: ['cpu-features', '*.node'],
  minifyWhitespace: true, // but no names: --debug prints them
  minifySyntax: true,
  banner: { js: COMMONJS },
  legalComments: 'none', // they are in the notices
  metafile: true,
};

/** What drivers in other packages use: `exports` in package.json. */
const PUBLIC = {
  entryPoints: { driver: 'src/drivers/public.ts', contract: 'test/drivers/contract.ts' },
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.13',
};

rmSync('dist', { recursive: true, force: true });
const plugins = [unused, lateNodeModules, lateOclif];
const { metafile: first } = await build({ ...OPTIONS, plugins, write: false });
const { metafile } = await build({ ...OPTIONS, plugins: [...plugins, together(filesTogether(first.inputs))] });
mkdirSync('node_modules/.cache', { recursive: true });
writeFileSync('node_modules/.cache/slipway-build.json', JSON.stringify(metafile)); // for tests and script/bench
await build({ ...PUBLIC, plugins: [lateNodeModules] });
execFileSync('tsc', ['--project', 'tsconfig.public.json'], { stdio: 'inherit' });
for (const file of Object.keys(metafile.outputs)) writeFileSync(file, plain(readFileSync(file, 'utf8')));
writeFileSync('oclif.manifest.json', await manifest());
writeFileSync('dist/NOTICES.txt', notices(packagesIn(Object.keys(metafile.inputs))));

/** The same in ASCII alone: one other letter makes Node keep all of a file in two bytes each. esbuild leaves them in patterns. */
function plain(source) {
  return source.replaceAll(/[^\0-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * What of our own files is put together in one: `core` is what quick commands need, `rest` what the `slow` ones share
 * besides; `entries` are the files that begin something: commands, and what loads later by its name.
 */
function filesTogether(inputs) {
  const isOurs = (path) => path.startsWith('src/');
  const reached = (starts) => new Set(starts.flatMap((start) => [...reachedFrom(start, inputs)]).filter(isOurs));
  const later = Object.values(inputs).flatMap(({ imports }) => imports.filter(({ kind }) => kind === 'dynamic-import'));
  const named = [...new Set(later.map(({ path }) => path).filter((path) => isOurs(path) && !ENTRIES.includes(path)))];
  const commands = ENTRIES.filter((path) => /^src\/[^/]*commands\//.test(path));
  const isSlow = (path) => path.includes('/commands/') && !QUICK.includes(basename(path, '.ts'));
  const slow = commands.filter(isSlow);
  const own = ENTRIES.filter((path) => !path.startsWith('src/docker-machine/')); // whose commands take what there is
  const core = reached(own.filter((path) => !slow.includes(path))).difference(new Set(commands));
  const others = reached(slow).difference(new Set(slow)).difference(core).difference(reached(named));
  const isShared = (path) => slow.filter((start) => reached([start]).has(path)).length > 1;
  const entries = [...ENTRIES, ...named.filter((path) => !core.has(path))];
  return { core: [...core], rest: [...others].filter(isShared), entries, slow: ENTRIES.filter(isSlow) };
}

function reachedFrom(entry, inputs, seen = new Set()) {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  for (const { path, kind } of inputs[entry].imports) {
    if (kind !== 'dynamic-import' && inputs[path]) reachedFrom(path, inputs, seen);
  }
  return seen;
}

/** What oclif knows of the commands without loading them. The flags of all drivers, three times, would be most of it. */
async function manifest() {
  const plugin = new Plugin({ root: process.cwd(), type: 'core', ignoreManifest: true, errorOnManifestCreate: true });
  await plugin.load();
  return JSON.stringify(plugin.manifest, (_, value) => (isOfDriver(value) ? undefined : value));
}

function isOfDriver(value) {
  return typeof value?.helpGroup === 'string' && value.helpGroup.startsWith('DRIVER ');
}

/** The folders of the packages that are in the bundle. */
function packagesIn(files) {
  const folders = files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return [...new Set(folders)].sort();
}

/** Their licences ask for it. */
function notices(folders) {
  const text = (folder) => {
    const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    const file = readdirSync(folder).find((each) => /^(licen[cs]e|copying)/i.test(each));
    return `${name} ${version} (${license})\n\n${file ? readFileSync(`${folder}/${file}`, 'utf8').trim() : ''}\n`;
  };
  return `Slipway contains these packages:\n\n${folders.map(text).join(`\n${'-'.repeat(80)}\n\n`)}`;
}
