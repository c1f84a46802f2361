/** What esbuild is told besides its options, so that a command that starts reads and runs little; docs/performance.md. */
import { readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { relative, resolve } from 'node:path';

/**
 * Modules of Node load when something of them is used, not when a file that may use them does. An `import` of one would
 * besides read every property of it once, which loads what Node itself leaves for later.
 */
export const lateNodeModules = {
  name: 'late-node-modules',
  setup(build) {
    const filter = new RegExp(`^(?:node:.+|${builtinModules.join('|')})$`);
    build.onResolve({ filter }, ({ path, kind, importer, pluginData }) => {
      if (kind === 'dynamic-import') return { path, external: true };
      const isFunction = typeof process.getBuiltinModule(path) === 'function'; // "stream": nothing can stand for a class
      const isLibrary = !isOfCore(importer, pluginData); // it loads late itself, and must not share a file with the core
      const namespace = kind === 'require-call' || isFunction || isLibrary ? 'node-now' : 'node-late';
      return { path: path.replace(/^node:/, ''), namespace, suffix: isLibrary ? '?library' : '' };
    });
    const real = (path) =>
      path === 'process' ? 'process' : `process.getBuiltinModule(${JSON.stringify(`node:${path}`)})`;
    build.onLoad({ filter: /.*/, namespace: 'node-now' }, ({ path }) => ({
      contents: `module.exports = ${real(path)}`,
    }));
    // esbuild gives those that import it an object with the same prototype: so the prototype does the work.
    build.onLoad({ filter: /.*/, namespace: 'node-late' }, ({ path }) => ({
      contents: `module.exports = Object.create(new Proxy({}, { get: (_, name) => ${real(path)}[name] }))`,
    }));
  },
};

/** Marks what the command line's library brings with it. */
const CORE = { core: true };

function isOfCore(importer, pluginData) {
  return pluginData?.core || isOclif(importer) || !importer.includes('node_modules');
}

function isOclif(path) {
  return /@oclif[\\/]core[\\/]lib[\\/]/.test(path);
}

/**
 * Puts files together that would be in many: each command then reads what all have in common, what the slower ones have
 * besides, and its own.
 */
export function together({ core, rest, entries, slow }) {
  const groups = { core, rest };
  const groupsOf = (path) => (slow.includes(path) ? ['core', 'rest'] : ['core']);
  return {
    name: 'together',
    setup(build) {
      build.onResolve({ filter: /^slipway:/ }, ({ path }) => ({
        path: path.slice('slipway:'.length),
        namespace: 'slipway',
      }));
      build.onLoad({ filter: /.*/, namespace: 'slipway' }, ({ path }) => ({
        contents: imports(groups[path].map((file) => resolve(file))),
        resolveDir: process.cwd(),
      }));
      build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const file = relative(process.cwd(), path);
        if (!entries.includes(file)) return undefined;
        const before = imports(groupsOf(file).map((group) => `slipway:${group}`));
        return { contents: `${before}\n${await readFile(path, 'utf8')}`, loader: 'ts' };
      });
    },
  };
}

function imports(paths) {
  return paths.map((path) => `import ${JSON.stringify(path)};`).join('\n');
}

/**
 * The files of the command line's library load each other when something of them is used: most never are. What it needs
 * of other packages it has for itself, or else that would be in files of its own, shared with what loads later.
 */
export const lateOclif = {
  name: 'late-oclif',
  setup(build) {
    build.onResolve({ filter: /.*/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (!(pluginData?.core || isOclif(importer)) || pluginData?.asked) return undefined;
      // It asks semver whether Node is new enough, which bin/ has done.
      if (path === 'semver') return { path, namespace: 'nothing' };
      if (path === 'debug') return { path, namespace: 'debug', pluginData: CORE };
      const found = await build.resolve(path, { importer, resolveDir, kind, pluginData: { ...CORE, asked: true } });
      return kind === 'dynamic-import'
        ? { ...found, suffix: '?later' }
        : { ...found, suffix: '?core', pluginData: CORE };
    });
    // It looks at the terminal and at all variables, also where nobody wants to see what it would print.
    build.onLoad({ filter: /.*/, namespace: 'debug' }, () => ({
      contents:
        'module.exports = (name) => (process.env.DEBUG ? require("debug/src/node.js")(name) : () => undefined);',
      resolveDir: process.cwd(),
      pluginData: CORE,
    }));
    build.onLoad({ filter: /node_modules.*\.(?:c?js|json)$/ }, async ({ path, suffix }) => {
      if (suffix !== '?core' && !isOclif(path)) return undefined;
      const source = await readFile(path, 'utf8');
      const contents = isOclif(path) ? late(reexports(saving(source, path))) : source;
      return { contents, pluginData: CORE, loader: path.endsWith('.json') ? 'json' : 'js' };
    });
  },
};

/** What a library loads that nobody here uses. */
export const unused = {
  name: 'unused',
  setup(build) {
    // docker's own way through SSH: ours is in src/ssh, and a list of machines would load another library for it.
    build.onResolve({ filter: /^\.\/ssh$/ }, ({ path, importer }) => {
      return importer.includes('docker-modem') ? { path, namespace: 'nothing' } : undefined;
    });
    build.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: '' }));
  },
};

/** What takes time in the library for nothing: by the end of the file's path, the text and what stands there instead. */
const SAVINGS = {
  // Behind an import() it would be in a file of its own.
  'util/os.js': ["(await import('wsl-utils')).isWsl", 'require("is-wsl").default'],
  // The rules of a language are long to read, and all ids are ASCII.
  'config/plugin.js': ['a.id.localeCompare(b.id)', '(a.id < b.id ? -1 : 1)'],
};

function saving(source, path) {
  const [, saved] = Object.entries(SAVINGS).find(([end]) => path.endsWith(`/lib/${end}`)) ?? [];
  if (!saved) return source;
  const [text, instead] = saved;
  if (!source.includes(text)) throw new Error(`"${path}" does not contain any more: ${text}`);
  return source.replace(text, instead);
}

/** What the library's index hands on. */
function reexports(source) {
  const whole = /^exports\.(\w+) = (__importStar\(require\("[^"]+"\)\));$/gm;
  const getter = (_, name, value) =>
    `Object.defineProperty(exports, "${name}", { enumerable: true, get: () => ${value} });`;
  return source.replaceAll(whole, getter).replaceAll(/^var (\w+_\d+) = (require\("[^"]+"\));$/gm, 'const $1 = $2;');
}

/** `const x_1 = require("x")`, as the TypeScript compiler writes an import, becomes the getter of an object. */
function late(source) {
  const declaration = /^const (\w+_\d+) = ((?:__import\w+\()?require\("[^"]+"\)\)?);$/gm;
  const found = [...source.matchAll(declaration)];
  if (found.length === 0) return source;
  const getters = found.map(([, name, value]) => `get ${name}() { return ${value}; }`);
  const names = found.map(([, name]) => name).join('|');
  const body = source
    .replaceAll(declaration, '')
    .replaceAll(new RegExp(`(?<![\\w$.])(?:${names})(?![\\w$])`, 'g'), 'late.$&');
  return `const late = { ${getters.join(', ')} };\n${body}`;
}
