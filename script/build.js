/** Makes dist/: a file a command with what commands share in chunks, libraries included, each loaded on first use. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

/** What oclif, or bin/, loads by its name. */
const ENTRIES = [
  ...readdirSync('src/commands').map((file) => `src/commands/${file}`),
  'src/terminal/unknown-command.ts',
  'src/terminal/remote-words.ts',
];

/** What libraries that are CommonJS count on, and an ES module does not have. */
const COMMONJS = [
  "import { createRequire as newRequire } from 'node:module';",
  'const require = newRequire(import.meta.url), { filename: __filename, dirname: __dirname } = import.meta;',
].join('\n');

rmSync('dist', { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: ENTRIES,
  outbase: 'src',
  outdir: 'dist',
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node22.13',
  // oclif finds its own files by their paths; cpu-features and *.node are native code that ssh2 does without.
  external: ['@oclif/core', 'cpu-features', '*.node'],
  minifyWhitespace: true, // but no names: --debug prints them
  minifySyntax: true,
  banner: { js: COMMONJS },
  legalComments: 'none', // they are in the notices
  metafile: true,
});
writeFileSync('dist/NOTICES.txt', notices(packagesIn(Object.keys(metafile.inputs))));

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
