/** What comes before anything of dist/ is loaded: Node must be new enough, and keeps what it compiles. */
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 13)) {
  console.error(`Error: Slipway needs Node 22.13 or newer; this is ${process.version}, "${process.execPath}"`);
  process.exit(1);
}

keepCompiled();

/**
 * Has Node keep what it compiled, which halves the time of the next start. What is kept is run, so the folder is one that
 * nobody else can write to; where there is none, nothing is kept.
 */
function keepCompiled() {
  const {
    HOME,
    XDG_CACHE_HOME: cache = `${HOME}/.cache`,
    NODE_COMPILE_CACHE,
    NODE_DISABLE_COMPILE_CACHE,
  } = process.env;
  if (!cache.startsWith('/') || NODE_COMPILE_CACHE || NODE_DISABLE_COMPILE_CACHE) return;
  const { existsSync, lstatSync, mkdirSync } = process.getBuiltinModule('node:fs');
  const folder = `${cache}/slipway`;
  try {
    // Not `recursive`, which never ends under /proc.
    for (const path of [cache, folder]) if (!existsSync(path)) mkdirSync(path, { mode: 0o700 });
    const { uid, mode } = lstatSync(folder);
    const isOurs = uid === process.geteuid() && (mode & 0o170022) === 0o040000;
    if (isOurs) process.getBuiltinModule('node:module').enableCompileCache(folder);
  } catch {
    // A home that is read-only, or none.
  }
}
