import { readFile } from 'node:fs/promises';
import { covers, createServer, describe, needsRenewal, signedBy } from '../certs/index.ts';
import { replaceFile } from '../files.ts';
import { renew } from '../provision/index.ts';
import { type Machine, saveMachine } from '../store/machine.ts';
import { type Authority, authorityOf, currentAuthority, runsOut } from './authority.ts';
import { readClientSide, writeClientSide } from './context.ts';
import { verifyEngine } from './engine.ts';
import { type Host, knownEndpoint, withHost } from './host.ts';
import { tellerFor, type Work } from './work.ts';

/** What the engine needs to know its clients and to be known by them; PEM. */
export interface ServerTls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** A certificate for the machine as it is reached now, not yet on the host. */
export async function issue(authority: Authority, machine: Machine): Promise<ServerTls> {
  const pair = await createServer(authority.ca, namesOf(machine));
  return { ca: authority.ca.cert, cert: pair.cert, key: pair.key };
}

/** Notes which certificate the host has now. The key stays there: it is nowhere on this computer. */
export async function noteIssued(work: Work, machine: Machine, cert: string): Promise<void> {
  await replaceFile(work.store.machine(machine.name).serverCert, cert);
  machine.tls = { ...machine.tls, expires: describe(cert).notAfter.toISOString() };
  await saveMachine(work.store, machine);
}

/** Why the machine's certificate must be made again, in a few words; undefined while it is good. */
export async function whyRenew(work: Work, machine: Machine): Promise<string | undefined> {
  if (machine.sshAlias !== undefined) return undefined;
  const cert = await readFile(work.store.machine(machine.name).serverCert, 'utf8').catch(() => undefined);
  if (cert === undefined) return 'it is missing';
  if (needsRenewal(cert)) return `it runs out on ${describe(cert).notAfter.toISOString().slice(0, 10)}`;
  const names = machine.setUpBy ? [knownEndpoint(machine).host] : namesOf(machine); // docker-machine's have fewer
  if (!covers(cert, names)) return 'the address has changed';
  const { ca } = await authorityOf(work, machine.tls);
  return signedBy(cert, ca.cert) ? undefined : 'the authority has changed';
}

/** Renews the certificate over SSH where that is due; containers go on running. True when it was. */
export async function renewWhereDue(work: Work, machine: Machine): Promise<boolean> {
  const why = await whyRenew(work, machine);
  if (why === undefined) return false;
  await tellerFor(work, machine.name).stage('renew the certificate', async (note) => {
    note(why);
    await renewNow(work, machine);
  });
  return true;
}

/** An authority of ours that runs out itself gives way to the next. */
async function renewNow(work: Work, machine: Machine): Promise<void> {
  const own = await authorityOf(work, machine.tls);
  if (own.id !== undefined && runsOut(own)) return moveToAuthority(work, machine, await currentAuthority(work));
  return withHost(work, machine, (host) => renewOn(work, machine, host));
}

/** Puts a new certificate of the machine's own authority on the host, and waits until the engine answers with it. */
export async function renewOn(work: Work, machine: Machine, host: Host): Promise<void> {
  const authority = await authorityOf(work, machine.tls);
  const tls = await issue(authority, machine);
  await host.carryOut(renew(await host.facts(), tls));
  await noteIssued(work, machine, tls.cert);
  await writeClientSide(work, machine);
  await verifyEngine(work, machine);
}

/**
 * Moves the machine to another authority without a moment in which nobody is trusted: first this computer trusts both,
 * then the host trusts both and shows the new certificate, then this computer shows the new one, then the host forgets
 * the old. Interrupted anywhere, doing it again finishes it. Of the old authority only what this computer has for this
 * machine is needed: it may have run out, or be lost.
 */
export async function moveToAuthority(work: Work, machine: Machine, next: Authority): Promise<void> {
  const old = await readClientSide(work, machine);
  const both = `${next.ca.cert.trim()}\n${old?.ca.trim() ?? ''}\n`;
  const tls = await issue(next, machine);
  if (old) await writeClientSide(work, machine, { ...old, ca: both });
  await withHost(work, machine, async (host) => {
    await host.carryOut(renew(await host.facts(), { ...tls, ca: both }));
    machine.tls = { ...machine.tls, ...(next.id === undefined ? {} : { authority: next.id }) };
    await noteIssued(work, machine, tls.cert);
    await writeClientSide(work, machine);
    await host.carryOut(renew(await host.facts(), tls));
    await verifyEngine(work, machine);
  });
}

/** Every name under which clients may reach the engine. */
function namesOf(machine: Machine): string[] {
  const { host, names = [] } = knownEndpoint(machine);
  return [...new Set([host, ...names, machine.name, 'localhost', '127.0.0.1', ...machine.tls.names])];
}
