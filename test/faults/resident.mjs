/**
 * A process that runs one command line after another, as `bin/slipway.js` would each in a process of its own: most of a
 * command's time is that of its start. It is told what to run, and `interrupt`, by its parent (child_process.fork), whom
 * it tells what is written to standard error as it comes, and in the end the code and all that was written.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const program = resolve('bin/slipway.js');
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
let count = 0;
let written = { stdout: '', stderr: '' };
let code;

for (const name of ['stdout', 'stderr']) {
  process[name].write = (chunk, ...rest) => {
    if (code === undefined) {
      written[name] += chunk;
      if (name === 'stderr') process.send({ told: String(chunk) });
    }
    const done = rest.at(-1);
    if (typeof done === 'function') process.nextTick(done);
    return true;
  };
}

/** What comes after it is not meant to be done. */
class Exit extends Error {}
process.exit = (given) => {
  code ??= given ?? process.exitCode ?? 0;
  throw new Exit();
};
process.on('uncaughtException', (error) => {
  if (error instanceof Exit) return;
  written.stderr += `Uncaught ${error.stack}`;
});

process.on('message', async (message) => {
  if (message === 'interrupt') process.emit('SIGINT', 'SIGINT');
  else if (message === 'end') process.reallyExit(0);
  else await run(message);
});

async function run({ words, env }) {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  for (const name of SIGNALS) process.removeAllListeners(name);
  process.argv = [process.execPath, program, ...words];
  process.exitCode = undefined;
  written = { stdout: '', stderr: '' };
  code = undefined;
  count += 1;
  await import(`${pathToFileURL(program)}?${count}`).catch((error) => {
    if (error instanceof Exit) return;
    written.stderr += `Uncaught ${error.stack}`;
    code ??= 70;
  });
  code ??= process.exitCode ?? 0;
  process.send({ code, ...written });
}
