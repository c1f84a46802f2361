import type { Made, Part, Port } from '../driver.ts';
import { allPages } from './client.ts';
import { makeOnce, remove } from './kept.ts';
import { isOurName, type Place, SETTLES, tagsOfMachine } from './place.ts';

interface Firewall {
  readonly id: string;
  readonly name: string;
  readonly status?: string;
}

/** For this machine alone, chosen by its tags, so that the machine never is without. */
export function firewallPart(place: Place): Part {
  const { ocean } = place;
  const find = async (key: string) => {
    const all = await allPages<Firewall>(ocean, 'firewalls', 'firewalls');
    return all.find(({ name }) => name === key)?.id;
  };
  return {
    kind: 'firewall',
    settles: SETTLES,
    find,
    create: (key, made) =>
      makeOnce(
        () => find(key),
        async () => {
          const asked = { body: bodyOf(place, key, made), makes: true } as const;
          return (await ocean.ask<{ firewall: Firewall }>('POST', '/v2/firewalls', asked)).firewall.id;
        },
      ),
    async destroy(id) {
      const known = isOurName(id) ? await find(id) : id;
      if (known !== undefined) await remove(ocean, `/v2/firewalls/${known}`, `the firewall "${id}"`);
    },
  };
}

/** Lets the machine's firewall say what `ingress` and the tags say now. */
export async function admit(place: Place, made: Made): Promise<void> {
  const { ocean } = place;
  if (made.firewall === undefined) return;
  const path = `/v2/firewalls/${made.firewall}`;
  const { firewall } = await ocean.ask<{ firewall: Firewall }>('GET', path);
  await ocean.ask('PUT', path, { body: bodyOf(place, firewall.name, made) });
}

/** What the firewall is for, for a person. */
export function describeRules({ settings, site }: Place): string {
  const { from, engine, open } = site.ingress;
  const own = `ports ${ownPorts(settings.sshPort, engine).join(' and ')} from ${from.join(', ') || 'nowhere'}`;
  return open.length === 0 ? own : `${own}; ${open.map(portText).join(', ')} from everywhere`;
}

const EVERYBODY = ['0.0.0.0/0', '::/0'];
/** All of them. */
const ALL = '0';

/** Nothing gets out either that no rule allows. */
function bodyOf(place: Place, name: string, made: Made) {
  const { settings, site } = place;
  const { from, engine, open } = site.ingress;
  const own = from.length > 0 ? ownPorts(settings.sshPort, engine) : []; // a rule needs somebody to let in
  const inbound = (protocol: string, port: number, addresses: readonly string[]) => ({
    protocol,
    ports: String(port),
    sources: { addresses },
  });
  return {
    name,
    tags: tagsOfMachine(place, made),
    inbound_rules: [
      ...own.map((port) => inbound('tcp', port, from)),
      ...open.map(({ port, protocol }) => inbound(protocol, port, EVERYBODY)),
    ],
    outbound_rules: ['tcp', 'udp', 'icmp'].map((protocol) => ({
      protocol,
      ports: ALL,
      destinations: { addresses: EVERYBODY },
    })),
  };
}

function ownPorts(ssh: number, engine: boolean): number[] {
  return engine ? [ssh, 2376] : [ssh];
}

function portText({ port, protocol }: Port): string {
  return protocol === 'tcp' ? String(port) : `${port}/${protocol}`;
}
