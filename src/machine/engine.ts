import { readFile } from 'node:fs/promises';
import { version, waitForEngine } from '../engine/index.ts';
import { SlipwayError } from '../errors.ts';
import { waitFor } from '../poll.ts';
import { lastLines } from '../program.ts';
import { connect } from '../ssh/index.ts';
import type { Machine } from '../store/machine.ts';
import { authorityOf } from './authority.ts';
import { knownEndpoint, targetOf } from './host.ts';
import { tellerFor, type Work } from './work.ts';

/** Waits until the engine answers this computer, and only it, as `create` promised; gives its version. */
export async function verifyEngine(work: Work, machine: Machine): Promise<string> {
  return tellerFor(work, machine.name).stage('wait for the engine', () =>
    machine.sshAlias === undefined ? waitOverTls(work, machine) : waitOverSsh(work, machine),
  );
}

/**
 * The engine's version, as it says now. Asks with the machine's own copies of the client's files: nothing is made or
 * renewed for it.
 */
export async function askEngine(work: Work, machine: Machine, timeout = 5000): Promise<string> {
  if (machine.sshAlias !== undefined) return askOverSsh(work, machine, timeout);
  const files = work.store.machine(machine.name);
  const [ca = '', cert = '', key = ''] = await Promise.all(
    [files.ca, files.clientCert, files.clientKey].map((path) => readFile(path, 'utf8')),
  );
  const { host, enginePort: port } = knownEndpoint(machine);
  const address = { host, port, ca, cert, key };
  return (await version(address, { timeout, signal: work.signal, machine: machine.name })).version;
}

const LIMIT = 3 * 60_000;

async function waitOverTls(work: Work, machine: Machine): Promise<string> {
  const { host, enginePort } = knownEndpoint(machine);
  const { ca, client } = await authorityOf(work, machine.tls);
  const address = { host, port: enginePort, ca: ca.cert, cert: client.cert, key: client.key };
  const options = { limit: LIMIT, signal: work.signal, machine: machine.name };
  return (await waitForEngine(address, options)).version;
}

async function waitOverSsh(work: Work, machine: Machine): Promise<string> {
  return waitFor(
    {
      what: `the engine of "${machine.name}"`,
      limit: LIMIT,
      signal: work.signal,
      hint: `See what it says: slipway ssh ${machine.name} sudo journalctl -u docker`,
    },
    () => askOverSsh(work, machine, 20_000),
    () => true,
  );
}

/** As the docker command line would: as the user that logs in, who has to be allowed at the engine's socket. */
async function askOverSsh(work: Work, machine: Machine, timeout: number): Promise<string> {
  const options = { signal: work.signal, timeout };
  const connection = await connect(await targetOf(work, machine, knownEndpoint(machine)), options);
  try {
    const { code, stdout, stderr } = await connection.run("docker version --format '{{.Server.Version}}'", options);
    if (code === 0) return stdout.trim();
    throw new SlipwayError('failed', `The engine of "${machine.name}" does not answer`, {
      cause: new Error(lastLines(stderr, 3) || `exit code ${code}`),
    });
  } finally {
    connection.close();
  }
}
