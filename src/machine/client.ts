import { readFile } from 'node:fs/promises';
import { needsRenewal, RENEW_BEFORE_DAYS } from '../certs/index.ts';
import { SlipwayError } from '../errors.ts';
import { type Machine, readMachine } from '../store/machine.ts';
import { engineUrl } from './context.ts';
import { refresh } from './refresh.ts';
import { type Work, withMachine } from './work.ts';

/** What a docker client needs to reach a machine's engine. */
export interface ClientSettings {
  readonly url: string;
  /** Holds ca.pem, cert.pem and key.pem; absent where the engine is spoken to through SSH. */
  readonly certPath?: string;
  readonly context: string;
}

/**
 * The settings from the record, without a word to the network; certificates that run out soon are renewed first.
 * @throws SlipwayError `failed` for a machine that was never finished
 */
export async function clientSettings(work: Work, name: string): Promise<ClientSettings> {
  const machine = await readMachine(work.store, name);
  requireReady(machine);
  if (await runsOutSoon(work, machine)) await renewAlone(work, name);
  const { context } = machine;
  if (machine.sshAlias !== undefined) return { url: engineUrl(machine), context };
  return { url: engineUrl(machine), certPath: work.store.machine(name).certs, context };
}

/** The variables by which the docker command line finds a machine; what is undefined must not be set. */
export function dockerVariables(name: string, { url, certPath }: ClientSettings): Record<string, string | undefined> {
  return {
    DOCKER_TLS_VERIFY: certPath && '1',
    DOCKER_HOST: url,
    DOCKER_CERT_PATH: certPath,
    DOCKER_MACHINE_NAME: name,
  };
}

/** The variable that excepts hosts from the proxy, with this one among them. */
export function proxyException(env: NodeJS.ProcessEnv, host: string): Record<string, string> {
  const name = proxyVariable(env);
  const present = (env[name] ?? '').split(',').filter((each) => each !== '');
  return { [name]: [...new Set([...present, host])].join(',') };
}

/** Programs read either; where there is one already, that one. */
export function proxyVariable(env: NodeJS.ProcessEnv): string {
  return env.no_proxy ? 'no_proxy' : 'NO_PROXY';
}

/** @throws SlipwayError `failed` while the machine is being made or removed, or was interrupted in that */
export function requireReady(machine: Machine): void {
  if (machine.phase === 'ready') return;
  const half = machine.phase === 'creating' ? 'was not finished' : 'is being removed';
  throw new SlipwayError('failed', `"${machine.name}" ${half}`, {
    hint: `slipway ls shows its state; slipway rm ${machine.name} removes what is left.`,
  });
}

async function renewAlone(work: Work, name: string): Promise<void> {
  await withMachine(work, name, async () => refresh(work, await readMachine(work.store, name)));
}

async function runsOutSoon(work: Work, machine: Machine): Promise<boolean> {
  if (machine.sshAlias !== undefined) return false;
  if (machine.setUpBy) return endsSoon(work, machine);
  const left = Date.parse(machine.tls.expires ?? '') - Date.now();
  if (!(left > RENEW_BEFORE_DAYS * 24 * 3600_000)) return true;
  const client = await readFile(work.store.machine(machine.name).clientCert, 'utf8').catch(() => undefined);
  return client === undefined || needsRenewal(client);
}

/** docker-machine's records do not say when its certificates run out; where there is none, none was ever made. */
async function endsSoon(work: Work, { name }: Machine): Promise<boolean> {
  const { serverCert, clientCert } = work.store.machine(name);
  const certs = await Promise.all(
    [serverCert, clientCert].map((path) => readFile(path, 'utf8').catch(() => undefined)),
  );
  return certs.some((cert) => cert !== undefined && needsRenewal(cert));
}
