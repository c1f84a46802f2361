import { isIPv4, isIPv6 } from 'node:net';
import { type EngineAddress, initSwarm, joinSwarm, joinToken, SWARM_PORT, swarmPlace } from '../engine/index.ts';
import { SlipwayError } from '../errors.ts';
import { listMachines, type Machine, readMachine, type SwarmRequest } from '../store/machine.ts';
import { authorityOf } from './authority.ts';
import { knownEndpoint } from './host.ts';
import { tellerFor, type Work } from './work.ts';

/**
 * Looks whether there is a swarm to join for who does not begin one: docker-machine's standalone Swarm is gone, and its
 * flags now mean the swarm that every engine has in itself.
 * @throws SlipwayError `bad-input`
 */
export async function checkSwarm(work: Work, name: string, swarm: SwarmRequest | undefined): Promise<void> {
  if (!swarm || swarm.master || !swarm.agent) return;
  if ((await managerFor(work, name, swarm)) !== undefined) return;
  throw new SlipwayError('bad-input', `"${name}" has no swarm to join: no machine of this store leads one`, {
    hint: 'Make the first with --swarm --swarm-master, and the same --swarm-discovery.',
  });
}

/** Has the machine's engine begin the swarm that was asked for, or join it. What is done already stays. */
export async function takePlaceInSwarm(work: Work, machine: Machine): Promise<void> {
  const { swarm, name } = machine;
  if (!swarm?.agent && !swarm?.master) return;
  const engine = await addressOf(work, machine);
  const call = { signal: work.signal, machine: name };
  if ((await swarmPlace(engine, call)).state !== 'inactive') return;
  const advertised = advertisedBy(machine);
  const manager = await managerFor(work, name, swarm);
  if (!manager) {
    await tellerFor(work, name).stage('begin a swarm', () => initSwarm(engine, advertised, call));
    return;
  }
  await tellerFor(work, name).stage(`join the swarm of "${manager}"`, async () => {
    const other = await addressOf(work, await readMachine(work.store, manager));
    const token = await joinToken(other, swarm.master ? 'Manager' : 'Worker', call);
    const { address } = await swarmPlace(other, call);
    const at = `${isIPv6(address) ? `[${address}]` : address}:${SWARM_PORT}`;
    await joinSwarm(engine, { token, manager: at, advertised }, call).catch((cause: unknown) => {
      throw new SlipwayError('failed', `"${name}" cannot join the swarm of "${manager}" at "${at}"`, {
        cause,
        hint: 'Between the machines the ports 2377/tcp, 7946/tcp, 7946/udp and 4789/udp must be open.',
      });
    });
  });
}

/** The name of another machine that leads the swarm which is meant; undefined where there is none. */
async function managerFor(work: Work, name: string, { discovery }: SwarmRequest): Promise<string | undefined> {
  const others = (await listMachines(work.store)).flatMap((each) => ('machine' in each ? [each.machine] : []));
  return others.find(
    (other) =>
      other.name !== name && other.phase === 'ready' && other.swarm?.master && other.swarm.discovery === discovery,
  )?.name;
}

async function addressOf(work: Work, machine: Machine): Promise<EngineAddress> {
  const { host, enginePort: port } = knownEndpoint(machine);
  const { ca, client } = await authorityOf(work, machine.tls);
  return { host, port, ca: ca.cert, cert: client.cert, key: client.key };
}

/** The others had better not go round by the public network, where the machine has a private address too. */
function advertisedBy(machine: Machine): string {
  const { host, names = [] } = knownEndpoint(machine);
  return names.find((name) => isIPv4(name) && PRIVATE.test(name)) ?? host;
}

/** RFC 1918, section 3. */
const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/;
