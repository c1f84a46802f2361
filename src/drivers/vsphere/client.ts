import { type AskOne, gather } from '../../gather.ts';
import type { Memory } from '../../memory.ts';
import type { Site } from '../driver.ts';
import {
  type Call,
  type Found,
  inventoryOf,
  type Paths,
  type Properties,
  propertiesOf,
  type Services,
} from './properties.ts';
import type { Server } from './server.ts';
import { openSession, type Session } from './session.ts';
import { at, type Ref, refOf, textAt, type Xml } from './xml.ts';

/** vSphere's API (vim25), for one machine. */
export interface Vsphere {
  /**
   * The values that a method of an object gives.
   * @param words its arguments, in the order of the schema
   * @throws SlipwayError
   */
  call(method: string, on: Ref, words?: readonly (Xml | undefined)[], manner?: Manner): Promise<readonly Xml[]>;
  /** One of the objects that everything begins with: "rootFolder". */
  service(name: string): Promise<Ref>;
  /** What the server says of itself: "instanceUuid"; empty where it does not. */
  about(what: string): Promise<string>;
  /** What we need to know again and again of a machine or a task; the machines of a command are asked about together. */
  look(object: Ref): Promise<Properties | undefined>;
  /** These properties of these objects; those that are gone are left away. */
  read(paths: Paths, objects: readonly Ref[]): Promise<Found[]>;
  /** These properties of whatever there is of their types. */
  list(paths: Paths): Promise<Found[]>;
  readonly signal: AbortSignal | undefined;
}

export interface Manner {
  /** May be asked again where nobody knows what became of it: what it would do twice is refused, or is no harm. */
  readonly repeatable?: boolean;
}

type Alone = Pick<Site, 'memory' | 'signal'>;

/** Logs in at the first question; the machines of a command share the session. */
export function newVsphere(server: Server, { memory, signal }: Alone): Vsphere {
  let known: Promise<Shared> | undefined;
  const shared = () => {
    known ??= memory.recall(`vsphere ${JSON.stringify(server)}`, () => connect(server, memory));
    known.catch(() => {
      known = undefined;
    });
    return known;
  };
  const call: Vsphere['call'] = async (method, on, words = [], { repeatable = false } = {}) => {
    const { session } = await shared();
    return session.ask({ method, on, words, repeatable: repeatable || READS.test(method) }, signal);
  };
  const service = async (name: string) => serviceIn((await shared()).session, name);
  return {
    signal,
    call,
    service,
    about: async (what) => textAt((await shared()).session.content, 'about', what),
    look: async (object) => (await shared()).look(keyOf(object), signal),
    read: async (paths, objects) => propertiesOf(call, await service('propertyCollector'), paths, objects),
    async list(paths) {
      const [collector, viewManager, root] = await Promise.all(
        ['propertyCollector', 'viewManager', 'rootFolder'].map(service),
      );
      return inventoryOf(call, { collector, viewManager, root } as Services, paths);
    },
  };
}

/** What changes nothing that outlives the session. */
const READS = /^(Retrieve|ContinueRetrieve|Find|Get|CreateContainerView|DestroyView|CreateImportSpec)/;

interface Shared {
  readonly session: Session;
  readonly look: AskOne<Properties>;
}

/** Between two looks at everything that is waited for, in milliseconds. */
const EVERY = 200;

async function connect(server: Server, memory: Memory): Promise<Shared> {
  const session = await openSession(server);
  memory.atEnd(() => session.close());
  const call: Call = (method, on, words) => session.ask({ method, on, words, repeatable: true });
  const collector = serviceIn(session, 'propertyCollector');
  const look = async (keys: readonly string[]) => {
    const found = await propertiesOf(call, collector, LOOKS, keys.map(refFor));
    return new Map(found.map(({ ref, properties }) => [keyOf(ref), properties]));
  };
  return { session, look: gather(look, { most: 100, every: EVERY }) };
}

const LOOKS: Paths = {
  VirtualMachine: ['runtime.powerState', 'guest.net', 'guest.toolsRunningStatus'],
  Task: ['info.state', 'info.error', 'info.result'],
};

function serviceIn({ content }: Session, name: string): Ref {
  const found = at(content, name);
  if (found) return refOf(found);
  throw new Error(`The server has no ${name}`);
}

function keyOf({ type, id }: Ref): string {
  return `${type}:${id}`;
}

function refFor(key: string): Ref {
  const [type = '', ...id] = key.split(':');
  return { type, id: id.join(':') };
}
