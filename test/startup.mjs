/** Preloaded into the command line (node --import): prints, as its last line on standard error, what it loaded, as JSON. */
import { writeSync } from 'node:fs';
import { registerHooks } from 'node:module';

const files = [];
registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) files.push(url);
    return next(url, context);
  },
});
process.on('exit', () => writeSync(2, `${JSON.stringify({ files, modules: process.moduleLoadList })}\n`));
