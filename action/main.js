/** The step itself: makes a machine, and points docker at it in the steps that follow. Only calls the command line. */
import { randomBytes } from 'node:crypto';
import { append, fail, input, slipway, words } from './runner.js';

const name =
  input('name') || ['gh', process.env.GITHUB_RUN_ID, randomBytes(3).toString('hex')].filter(Boolean).join('-');
append('GITHUB_STATE', 'name', name); // before anything is made: the post step removes what there is by then

const driver = input('driver');
const ttl = input('ttl');
const flags = [...(driver ? ['--driver', driver] : []), ...(ttl ? ['--ttl', ttl] : []), ...words(input('flags'))];
const created = await slipway('create', '--progress', 'plain', ...flags, '--', name);
if (created.code === 0) await pointDocker();
else fail(`slipway create ended with ${created.code}: what it says stands above`);

async function pointDocker() {
  const { code, stdout } = await slipway('env', '--json', name);
  if (code !== 0) return fail(`slipway env ended with ${code}`);
  const variables = JSON.parse(stdout);
  const inTheWay = ['DOCKER_CONTEXT', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH'].filter((each) => process.env[each]);
  for (const each of inTheWay) append('GITHUB_ENV', each, ''); // nothing can take one away; docker passes over empty ones
  for (const [variable, value] of Object.entries(variables)) append('GITHUB_ENV', variable, value);
  append('GITHUB_OUTPUT', 'name', name);
  append('GITHUB_OUTPUT', 'host', variables.DOCKER_HOST);
}
