/** How a GitHub runner and a step talk: files and variables, as docs.github.com tells under "Workflow commands". */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';

export function input(name) {
  return (process.env[`INPUT_${name.toUpperCase()}`] ?? '').trim();
}

/** Adds a value to one of the runner's files: GITHUB_STATE, GITHUB_ENV, GITHUB_OUTPUT. */
export function append(file, name, value) {
  const end = `end-${randomBytes(8).toString('hex')}`;
  appendFileSync(process.env[file], `${name}<<${end}\n${value}\n${end}\n`);
}

/** Marks the step as failed, with a sentence that the run's summary shows. */
export function fail(sentence) {
  const escaped = sentence.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  console.log(`::error title=Slipway::${escaped}`);
  process.exitCode = 1;
}

/** The words of a command line; single and double quotes hold together what they enclose. */
export function words(line) {
  const found = line.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g);
  return [...found].map(([word]) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'));
}

/** Runs the command line; gives its exit code and what it answered. A job that is cancelled ends it in an orderly way. */
export async function slipway(...args) {
  const answers = args[0] === 'env' || args[0] === 'ls';
  const child = spawn('slipway', args, { stdio: ['ignore', answers ? 'pipe' : 'inherit', 'inherit'] });
  const pass = (signal) => child.kill(signal);
  process.once('SIGINT', pass).once('SIGTERM', pass);
  const stdout = child.stdout ? text(child.stdout) : '';
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      console.log(error.code === 'ENOENT' ? 'There is no slipway on the PATH: npm install --global slipway' : error);
      resolve(127);
    });
    child.once('close', (status) => resolve(status ?? 1));
  });
  process.off('SIGINT', pass).off('SIGTERM', pass);
  return { code, stdout: await stdout };
}
