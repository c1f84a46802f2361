import { createServer } from 'node:http';

/**
 * The place that the driver knows: lends hosts over HTTP, four of each shelf.
 *
 *     POST   /shelves/SHELF/hosts       {size, userData, labels}
 *     GET    /shelves/SHELF/hosts?label=NAME[=VALUE]
 *     GET    /shelves/SHELF/hosts/ID
 *     PATCH  /shelves/SHELF/hosts/ID    {on, labels}
 *     DELETE /shelves/SHELF/hosts/ID
 *
 * @param {{ token: string, power?: (how: 'run' | 'stop' | 'remove', host: object) => Promise<void>, sshPort?: number }} options
 *   `power` switches a host on or off, or takes it away; without it hosts are but entries in a list
 */
export async function startRack({ token, power = async () => undefined, sshPort = 22 }) {
  const shelves = new Map();
  const net = 40 + (process.pid % 60); // so that two racks on this computer have addresses of their own
  let made = 0;

  const server = createServer(async (request, response) => {
    const answer = (status, body) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body === undefined ? '' : JSON.stringify(body));
    };
    const { pathname, searchParams } = new URL(request.url, 'http://rack');
    const [, shelf, id] = /^\/shelves\/([a-z]+)\/hosts(?:\/([\w-]+))?$/.exec(pathname) ?? [];
    if (request.headers.authorization !== `Bearer ${token}`) return answer(403, { error: 'unknown token' });
    if (shelf === undefined) return answer(400, { error: 'no such path' });
    const hosts = shelves.get(shelf) ?? new Map();
    shelves.set(shelf, hosts);
    const host = hosts.get(id);
    if (id !== undefined && !host) return answer(404, { error: `no host ${id}` });
    switch (request.method) {
      case 'GET':
        return answer(
          200,
          host ? shown(host) : [...hosts.values()].filter(bearing(searchParams.get('label'))).map(shown),
        );
      case 'POST': {
        if (hosts.size >= 4) return answer(409, { error: 'all hosts are lent' });
        const { size, userData, labels } = await bodyOf(request);
        if (!['small', 'large'].includes(size) || typeof userData !== 'string') return answer(400, { error: 'no' });
        made += 1;
        const fresh = { id: `h${made}`, size, userData, labels, on: true, address: `127.${net}.77.${made}`, sshPort };
        hosts.set(fresh.id, fresh);
        await power('run', fresh);
        return answer(201, shown(fresh));
      }
      case 'PATCH': {
        const { on = host.on, labels = {} } = await bodyOf(request);
        if (on !== host.on) await power(on ? 'run' : 'stop', host);
        Object.assign(host, { on, labels: { ...host.labels, ...labels } });
        return answer(200, shown(host));
      }
      case 'DELETE':
        hosts.delete(id);
        await power('remove', host);
        return answer(204);
      default:
        return answer(400, { error: 'no such request' });
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** All that is lent. */
    lent: () => [...shelves.values()].flatMap((hosts) => [...hosts.values()]),
    close: () => new Promise((resolve) => server.close(() => resolve(undefined)).closeAllConnections()),
  };
}

function shown({ userData, ...host }) {
  return host;
}

function bearing(label) {
  const [name, value] = (label ?? '').split('=');
  return ({ labels }) => labels[name] !== undefined && (value === undefined || labels[name] === value);
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
}
