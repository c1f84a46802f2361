import { randomUUID } from 'node:crypto';
import type { FaultyCloud } from '../cloud.ts';
import { type Ask, type Handlers, openDesk, Refusal, type Reply } from '../rest.ts';
import { actionsFor } from './actions.ts';
import { REGION, ZONES } from './catalog.ts';
import { checker } from './definitions.ts';
import { forget, instanceHandlers, nextAddress } from './instances.ts';
import { networking } from './networking.ts';
import { reading } from './reading.ts';
import { type Kind, newId, newWorld, type Thing, type World } from './world.ts';

export interface Options {
  /** Instances are real machines, emulated here. */
  readonly guests?: boolean;
  readonly step?: number;
  readonly lag?: number;
}

/** IBM Cloud, as far as machines need it, on this computer: one region, with a VPC that has a subnet in each zone. */
export interface IbmCloud extends FaultyCloud {
  readonly world: World;
  /** The actions that were needed. */
  readonly needed: Set<string>;
  /** What the user may do; everything while undefined. */
  granted: ReadonlySet<string> | undefined;
  /** For how many seconds new tokens are good. */
  lasting: number;
  /** A token as the ibmcloud program would hold it. */
  token(): string;
  /** What renews the login of the ibmcloud program. */
  readonly refresh: string;
  /** What somebody with the console does to an instance: removes it at once. */
  vanish(id: string): Promise<void>;
  /** Gives a thing that was there already, and is not ours. */
  give(kind: Kind, thing: Thing): Thing;
  giveVpc(name: string, zones: readonly string[]): Thing;
  giveAddress(name: string, zone: string): Thing;
}

const API_KEY = 'ibm-test-key';
const REFRESH = 'ibm-test-refresh';

export async function startCloud(options: Options = {}): Promise<IbmCloud> {
  const world = newWorld({ step: options.step ?? 20, lag: options.lag ?? 0 }, options.guests ?? false);
  const rights: Pick<IbmCloud, 'needed' | 'granted' | 'lasting'> = {
    needed: new Set(),
    granted: undefined,
    lasting: 3600,
  };
  const given = new Map<string, number>();
  const token = () => newToken(world, given, cloud.lasting);
  const desk = await openDesk({
    checker: checker(),
    prefix: '',
    handlers: { ...identity(token), ...reading(world), ...instanceHandlers(world), ...networking(world) },
    admit: (ask) => admit(cloud, given, ask),
    reads: (operation) => operation.startsWith('GET ') || operation === 'POST /identity/token',
    refuse,
    invalid: (faults) => new Refusal(400, 'bad_field', faults),
    unknown: new Refusal(404, 'not_found', 'No such path'),
  });
  const { close } = desk;
  const give = (kind: Kind, thing: Thing) => world.add(kind, thing, true);
  const giveVpc = (name: string, zones: readonly string[]) => {
    const vpc = give('vpcs', { id: newId(), name });
    for (const zone of zones) giveSubnet(world, vpc, zone);
    return vpc;
  };
  const cloud: IbmCloud = Object.assign(desk, rights, {
    driver: 'ibm',
    env: {
      IBMCLOUD_IS_NG_API_ENDPOINT: `${desk.url}/v1`,
      IBMCLOUD_IAM_API_ENDPOINT: desk.url,
      IBMCLOUD_API_KEY: API_KEY,
    },
    words: ['--ibm-zone', 'us-south-1'],
    world,
    refusal,
    token,
    refresh: REFRESH,
    lag: async (ms: number) => {
      world.pace.lag = ms;
    },
    left: async () => leftIn(world),
    vanish: (id: string) => forget(world, world.get('instances', id)),
    give,
    giveVpc,
    giveAddress: (name: string, zone: string) =>
      give('floating_ips', {
        id: newId(),
        name,
        address: nextAddress(),
        status: 'available',
        zone: { name: zone, href: 'https://us-south.iaas.cloud.ibm.com/v1/regions/us-south/zones' },
      }),
    async close() {
      await Promise.all([...world.machines.values()].map((guest) => guest.remove()));
      await close();
    },
  });
  giveVpc('main', ZONES);
  return cloud;
}

function giveSubnet(world: World, vpc: Thing, zone: string): void {
  const subnet = {
    id: newId('0717'),
    name: `${vpc.name}-${zone}`,
    zone: { name: zone, href: `https://us-south.iaas.cloud.ibm.com/v1/regions/${REGION}/zones/${zone}` },
    vpc: world.filled('VPCReference', { id: vpc.id, name: vpc.name }),
    available_ipv4_address_count: 251,
  };
  world.add('subnets', subnet, true);
}

/** A JSON Web Token, as the identity service signs them; here nobody does. */
function newToken({ account }: World, given: Map<string, number>, lasting: number): string {
  const exp = Math.round(Date.now() / 1000) + lasting;
  const claims = { iam_id: 'IBMid-1', account: { valid: true, bss: account }, exp, jti: randomUUID() };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'RS256' })}.${part(claims)}.none`;
  given.set(token, exp * 1000);
  return token;
}

function identity(token: () => string): Handlers {
  return {
    'POST /identity/token': ({ body, headers }) => {
      const form = new URLSearchParams(body);
      const renews = form.get('refresh_token') === REFRESH && headers.authorization === 'Basic Yng6Yng=';
      if (form.get('apikey') !== API_KEY && !renews) {
        throw new Refusal(400, 'BXNIM0415E', 'Provided API key could not be found.');
      }
      const access_token = token();
      const { exp } = JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString());
      const expires_in = exp - Math.round(Date.now() / 1000);
      return { status: 200, body: { access_token, token_type: 'Bearer', expires_in, expiration: exp } };
    },
  };
}

/** @throws Refusal for who may not ask this */
function admit(cloud: Pick<IbmCloud, 'needed' | 'granted'>, given: ReadonlyMap<string, number>, ask: Ask): void {
  const { name } = ask.operation;
  if (name === 'POST /identity/token') return;
  const until = given.get(ask.headers.authorization?.replace('Bearer ', '') ?? '') ?? 0;
  if (until < Date.now()) throw new Refusal(401, 'not_authorized', 'The request is not authorized');
  for (const action of actionsFor(name, ask.body)) {
    cloud.needed.add(action);
    if (cloud.granted?.has(action) === false) {
      throw new Refusal(403, 'not_authorized', 'the provided token is not authorized to the specified resource');
    }
  }
}

function leftIn(world: World): string[] {
  return world.made().map(({ kind, thing }) => `${kind} ${thing.name}${thing.status ? ` (${thing.status})` : ''}`);
}

/** The identity service has words of its own. */
function refuse({ status, code, message }: Refusal): Reply {
  if (code.startsWith('BX')) return { status, body: { errorCode: code, errorMessage: message } };
  return { status, body: { errors: [{ code, message }], trace: randomUUID(), status_code: status } };
}

const TROUBLES = { 403: 'not_authorized', 429: 'too_many_requests', 500: 'internal_error', 503: 'service_unavailable' };

function refusal(trouble: keyof typeof TROUBLES) {
  const { status, body } = refuse(new Refusal(trouble, TROUBLES[trouble], 'Refused for a test'));
  const headers: Record<string, string> = trouble === 429 ? { 'retry-after': '1' } : {};
  return { status, headers, body: JSON.stringify(body) };
}
