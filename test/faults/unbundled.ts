import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { output } from '../../src/program.ts';

let built: Promise<string> | undefined;

/**
 * The command line with a file a module, as the preloads need it that take the place of some: in dist/ there are
 * bundles. Made once by each process of tests, which removes it at its end. Gives the path of the program.
 */
export function unbundled(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-unbundled-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const file of ['package.json', 'bin']) cpSync(file, join(folder, file), { recursive: true });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  const tsc = resolve('node_modules/.bin/tsc');
  await output(tsc, ['-p', 'tsconfig.build.json', '--outDir', join(folder, 'dist')]);
  return join(folder, 'bin', 'slipway.js');
}
