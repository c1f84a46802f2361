import type { RequestListener } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createServer } from '../../src/certs/index.ts';
import { authorityOf } from '../../src/machine/authority.ts';
import { checkSwarm, takePlaceInSwarm } from '../../src/machine/swarm.ts';
import { configuration } from '../../src/provision/configuration.ts';
import { addMachine, type Machine, readMachine, type SwarmRequest } from '../../src/store/machine.ts';
import { type Running, startEngine } from '../engine/server.ts';
import { hostWithEngine, wishFor } from '../provision/samples.ts';
import { newOldStore, type OldStore } from './records.ts';

let old: OldStore;
const engines: Running[] = [];

beforeAll(async () => {
  old = await newOldStore();
});

afterAll(async () => {
  for (const engine of engines) await engine.close();
  await old.remove();
});

const flags: SwarmRequest = {
  agent: true,
  master: false,
  discovery: 'token://1',
  addr: '',
  host: 'tcp://0.0.0.0:3376',
  image: 'swarm:latest',
  strategy: 'spread',
  options: [],
  joinOptions: [],
  experimental: false,
};

/** What the engine of a machine was asked to do. */
type Asked = Record<string, unknown>[];

/** A machine whose engine answers about swarms as dockerd does. */
async function machine(
  name: string,
  swarm: SwarmRequest,
  names: string[] = [],
): Promise<{ machine: Machine; asked: Asked }> {
  const asked: Asked = [];
  let state = 'inactive';
  const answers: RequestListener = async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const path = request.url?.replace(/^\/v[\d.]+/, '') ?? '';
    response.setHeader('Content-Type', 'application/json');
    if (path.startsWith('/info')) {
      return response.end(
        JSON.stringify({ Swarm: { LocalNodeState: state, ControlAvailable: true, NodeAddr: '10.0.0.1' } }),
      );
    }
    if (path === '/swarm')
      return response.end(JSON.stringify({ JoinTokens: { Worker: 'SWMTKN-w', Manager: 'SWMTKN-m' } }));
    if (state !== 'inactive') return response.writeHead(503).end('{"message":"This node is already part of a swarm."}');
    asked.push({ path, ...JSON.parse(Buffer.concat(parts).toString()) });
    state = 'active';
    return response.end('"node"');
  };
  const tls = { names: [], files: { ...old.store.oldCerts } } as unknown as Machine['tls'];
  const { ca } = await authorityOf(old.work, tls);
  const engine = await startEngine(await createServer(ca, ['127.0.0.1']), ca.cert, answers);
  engines.push(engine);
  await addMachine(old.store, {
    version: 1,
    name,
    driver: 'generic',
    flags: {},
    created: '2026-01-01T00:00:00.000Z',
    phase: 'ready',
    notes: [],
    endpoint: { host: '127.0.0.1', sshPort: 22, sshUser: 'root', enginePort: engine.port, names },
    hostKeys: [],
    engine: { labels: [], env: [], mirrors: [], insecureRegistries: [], options: [] },
    tls,
    context: name,
    adopted: true,
    swarm,
  });
  return { machine: await readMachine(old.store, name), asked };
}

test('an agent without a manager of its discovery is refused before anything is made', async () => {
  await expect(checkSwarm(old.work, 'w1', flags)).rejects.toMatchObject({
    message: '"w1" has no swarm to join: no machine of this store leads one',
  });
  await expect(checkSwarm(old.work, 'm1', { ...flags, master: true })).resolves.toBeUndefined();
});

test('the first master begins a swarm; agents join it as workers, and further masters as managers', async () => {
  const first = await machine('m1', { ...flags, master: true }, ['203.0.113.1', '10.0.0.1']);
  await takePlaceInSwarm(old.work, first.machine);
  const begun = { path: '/swarm/init', ListenAddr: '0.0.0.0:2377', AdvertiseAddr: '10.0.0.1' };
  expect(first.asked).toEqual([begun]);
  await takePlaceInSwarm(old.work, first.machine);
  expect(first.asked).toEqual([begun]);
  await checkSwarm(old.work, 'w1', flags);
  for (const [name, master, token] of [
    ['w1', false, 'SWMTKN-w'],
    ['m2', true, 'SWMTKN-m'],
  ] as const) {
    const other = await machine(name, { ...flags, master });
    await takePlaceInSwarm(old.work, other.machine);
    expect(other.asked).toEqual([
      {
        path: '/swarm/join',
        ListenAddr: '0.0.0.0:2377',
        AdvertiseAddr: '127.0.0.1',
        RemoteAddrs: ['10.0.0.1:2377'],
        JoinToken: token,
      },
    ]);
  }
  await expect(checkSwarm(old.work, 'x', { ...flags, discovery: 'token://2' })).rejects.toMatchObject({
    code: 'bad-input',
  });
});

test('an engine that shall be in a swarm is set up without live-restore', () => {
  const json = (swarm: boolean) =>
    JSON.parse(configuration(hostWithEngine('debian'), { ...wishFor({}), swarm })[0]?.text ?? '');
  expect([json(false)['live-restore'], json(true)['live-restore']]).toEqual([true, undefined]);
});
