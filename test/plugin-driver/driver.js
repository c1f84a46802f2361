import { newMemory, newRest, rootFrom, SlipwayError, text, waitFor } from 'slipway/driver';

/**
 * @import { Answer, Driver, DriverModule, FlagSpecs, FlagValues, Labels, Part, PowerState, Rest, Site } from 'slipway/driver'
 * @typedef {{ id: string, on: boolean, address: string, sshPort: number, labels: Labels }} Host
 */

/** @type {FlagSpecs} */
const flags = {
  'rack-shelf': {
    kind: 'string',
    summary: 'The shelf to take hosts from',
    env: 'RACK_SHELF',
    default: 'top',
    scope: 'several',
    short: 'zone',
  },
  'rack-size': {
    kind: 'string',
    summary: 'How large a host',
    env: 'RACK_SIZE',
    choices: ['small', 'large'],
    default: 'small',
    short: 'type',
  },
  'rack-token': { kind: 'string', summary: 'Who you are; never stored', env: 'RACK_TOKEN', credential: true },
};

/** @type {DriverModule} */
export default {
  summary: 'A host from the rack',
  flags,
  driver,
  fleet: {
    machine: 'host',
    scope: shelfOf,
    async states(values, machines, signal) {
      const hosts = new Map((await ours(values, signal)).map((host) => [host.id, host]));
      return machines.map(({ host = '' }) => stateOf(hosts.get(host)));
    },
    async survey(values, signal) {
      return (await ours(values, signal)).map(({ id, labels }) => ({ kind: 'host', id, labels }));
    },
    removable: (values, site) => driver(values, site).parts,
  },
};

/**
 * @param {FlagValues} values
 * @param {Site} site
 * @returns {Driver}
 */
function driver(values, site) {
  const rack = rackOf(values, site);
  /** @param {string} id */
  const hostOf = (id) => rack.ask('GET', `/hosts/${id}`).catch(ifThere);
  /** @param {string} id @param {Partial<Host>} changes */
  const change = (id, changes) => rack.ask('PATCH', `/hosts/${id}`, { body: changes, repeatable: true });
  /** @type {Part} */
  const part = {
    kind: 'host',
    async create(key) {
      const { userData } = site.bootstrap ?? {};
      const size = text(values, 'rack-size') ?? 'small';
      const body = { size, userData, labels: { ...site.labels, 'slipway-key': key } };
      return (await rack.ask('POST', '/hosts', { body })).id;
    },
    find: async (key) => (await hostsWith(rack, `slipway-key=${key}`))[0]?.id,
    destroy: (id) => rack.ask('DELETE', `/hosts/${id}`).catch(ifThere),
  };
  return {
    check: async () => void (await hostsWith(rack, 'slipway-key')),
    parts: [part],
    async endpoint({ host: id }) {
      const host = id === undefined ? undefined : await hostOf(id);
      if (!host?.on) return undefined;
      return { host: host.address, sshPort: host.sshPort, sshUser: 'slipway', enginePort: 2376 };
    },
    power: {
      state: async ({ host = '' }) => stateOf(await hostOf(host)),
      start: ({ host = '' }) => change(host, { on: true }),
      async stop({ host: id = '' }) {
        await change(id, { on: false });
        const wait = { what: `the end of host "${id}"`, limit: 60_000, signal: site.signal };
        await waitFor(wait, async () => ((await hostOf(id))?.on ? undefined : true));
      },
    },
    relabel: ({ host = '' }) => change(host, { labels: site.labels }),
  };
}

/**
 * @param {FlagValues} values
 * @param {Pick<Site, 'memory' | 'signal'>} site
 * @returns {Rest}
 */
function rackOf(values, site) {
  const shelf = shelfOf(values);
  const service = {
    name: 'the rack',
    scope: shelf,
    root: () => `${rootFrom('RACK_URL', 'https://rack.example')}/shelves/${shelf}`,
    headers: async () => ({ authorization: `Bearer ${token()}` }),
    failure,
  };
  return newRest(service, site);
}

/** @param {FlagValues} values */
function shelfOf(values) {
  const shelf = text(values, 'rack-shelf') ?? 'top';
  if (/^[a-z]+$/.test(shelf)) return shelf;
  throw new SlipwayError('bad-input', `"${shelf}" is no shelf`, { hint: 'A shelf is one word: --rack-shelf top' });
}

function token() {
  if (process.env.RACK_TOKEN) return process.env.RACK_TOKEN;
  throw new SlipwayError('no-credentials', 'The rack wants to know who you are', { hint: 'Set RACK_TOKEN.' });
}

/**
 * @param {Answer} answer
 * @returns {SlipwayError}
 */
function failure({ status, body }) {
  const cause = body === undefined ? undefined : new Error(/** @type {{ error: string }} */ (body).error);
  if (status === 404) return new SlipwayError('not-found', 'The rack has no such host', { cause });
  if (status === 403) return new SlipwayError('denied', 'The rack does not take your token', { cause });
  if (status === 409) return new SlipwayError('no-capacity', 'The shelf is empty', { cause });
  return new SlipwayError('refused', `The rack says no (HTTP ${status})`, { cause });
}

/**
 * Nothing, for what is not there any more.
 * @param {unknown} error
 * @returns {undefined}
 */
function ifThere(error) {
  if (error instanceof SlipwayError && error.code === 'not-found') return undefined;
  throw error;
}

/**
 * @param {Rest} rack
 * @param {string} label
 * @returns {Promise<Host[]>}
 */
function hostsWith(rack, label) {
  return rack.ask('GET', '/hosts', { query: { label } });
}

/**
 * @param {FlagValues} values
 * @param {AbortSignal} [signal]
 */
function ours(values, signal) {
  return hostsWith(rackOf(values, { memory: newMemory(), ...(signal ? { signal } : {}) }), 'slipway-store');
}

/**
 * @param {Host | undefined} host
 * @returns {PowerState}
 */
function stateOf(host) {
  if (!host) return 'Gone';
  return host.on ? 'Running' : 'Stopped';
}
