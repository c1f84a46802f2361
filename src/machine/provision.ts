import { readFile } from 'node:fs/promises';
import {
  type Facts,
  factsFrom,
  leaveDockerMachine,
  look,
  prepare,
  setUp,
  type Wish,
  withoutDockerMachine,
} from '../provision/index.ts';
import { type Machine, readMachine, saveMachine } from '../store/machine.ts';
import { authorityOf } from './authority.ts';
import { issue, noteIssued, type ServerTls, whyRenew } from './certificates.ts';
import { writeClientSide } from './context.ts';
import { verifyEngine } from './engine.ts';
import { type Host, knownEndpoint, withHost } from './host.ts';
import { type Work, withMachine } from './work.ts';

/** Sets the machine's host up again, as it was set up at first: the repair for whatever was changed by hand. */
export async function provision(work: Work, name: string): Promise<void> {
  await withMachine(work, name, async () => {
    const machine = await readMachine(work.store, name);
    await withHost(work, machine, (host) => setUpHost(work, machine, host));
    machine.phase = 'ready';
    await saveMachine(work.store, machine);
    await writeClientSide(work, machine);
  });
}

/**
 * Engine, certificates and configuration, then the proof that the engine answers this computer.
 * @param seen what there is on the host, where that is known already
 */
export async function setUpHost(work: Work, machine: Machine, host: Host, seen?: Facts): Promise<void> {
  if (machine.setUpBy) await host.carryOut(leaveDockerMachine);
  const known = (facts: Facts) => (machine.setUpBy ? withoutDockerMachine(facts) : facts);
  const facts = known(seen ?? (await host.facts()));
  const keeps = machine.sshAlias !== undefined || (await isGood(work, machine, facts));
  const tls = keeps ? undefined : await issue(await authorityOf(work, machine.tls), machine);
  const wish = wishOf(machine, tls);
  const ready = known(await prepared(host, facts, wish));
  if (machine.phase === 'creating' && !machine.adopted) tellOfFirstBoot(work, machine, ready);
  await host.carryOut(setUp(ready, wish));
  delete machine.setUpBy;
  if (tls) await noteIssued(work, machine, tls.cert);
  await verifyEngine(work, machine);
}

/** What there is on the host once it is prepared: where that took something, the same script looks again. */
async function prepared(host: Host, facts: Facts, wish: Wish): Promise<Facts> {
  const steps = prepare(facts, wish);
  return steps.length === 0 ? facts : factsFrom(await host.carryOut([...steps, look]));
}

/** What the user's own cloud-init files brought about is theirs to know: it holds nobody up. */
function tellOfFirstBoot(work: Work, { name }: Machine, { cloudInit }: Facts): void {
  if (cloudInit === undefined) return;
  const reasons = cloudInit.map((reason) => reason.split('\n', 1)[0]?.slice(0, 200)).join('; ');
  const detail = `not all of the first boot went well: ${reasons}; its /var/log/cloud-init-output.log tells more`;
  work.report({ machine: name, stage: 'cloud-init', state: 'note', detail });
}

/** Whether the host still has the certificate that it was given last, and may keep it: a new one costs a restart. */
async function isGood(work: Work, machine: Machine, { tls }: Facts): Promise<boolean> {
  if (tls === undefined || (await whyRenew(work, machine)) !== undefined) return false;
  const cert = await readFile(work.store.machine(machine.name).serverCert, 'utf8');
  const { ca } = await authorityOf(work, machine.tls);
  return tls.cert.trim() === cert.trim() && tls.ca.trim() === ca.cert.trim();
}

/** What the machine's host shall be, by its record. */
export function wishOf(machine: Machine, tls: ServerTls | undefined): Wish {
  const { sshUser, enginePort, listens = ENGINE_PORT } = knownEndpoint(machine);
  return {
    adopted: machine.adopted,
    engine: machine.engine,
    ...(tls ? { tls } : {}),
    ...(machine.sshAlias === undefined ? { port: machine.adopted ? enginePort : listens } : {}),
    ...(machine.adopted ? {} : { user: sshUser }),
    ...(machine.swarm?.agent || machine.swarm?.master ? { swarm: true } : {}),
    ...(machine.hostname === undefined ? {} : { hostname: machine.hostname }),
  };
}

/** The port that the Docker documentation gives to an engine behind TLS; where ours listen on the machine itself. */
const ENGINE_PORT = 2376;
