import type { Made, Part, Port } from '../driver.ts';
import { makeOnce, remove, SETTLES } from './kept.ts';
import { isOurName, notesOf, type Place } from './place.ts';

/** What is let in, or out: a security group lets nothing through that no rule allows. */
interface Rule {
  readonly direction: 'ingress' | 'egress';
  readonly ethertype: 'IPv4' | 'IPv6';
  readonly protocol?: string;
  readonly portRangeMin?: number;
  readonly portRangeMax?: number;
  readonly remoteIp?: string;
}

interface Group {
  readonly id: number;
  readonly name?: string;
}

const SERVICE = 'SoftLayer_Network_SecurityGroup';

/** For this machine alone, and there before it. Its rules come in a second request: until then it lets nothing through. */
export function groupPart(place: Place): Part {
  const { softlayer } = place;
  const find = async (key: string) => {
    const groups = await softlayer.list<Group>('getSecurityGroups', 'id,name');
    return groups.find(({ name }) => name === key)?.id;
  };
  return {
    kind: 'security-group',
    settles: SETTLES,
    find: async (key) => textOf(await find(key)),
    async create(key) {
      const body = { name: key, description: notesOf(place) };
      const id = await makeOnce(
        () => find(key),
        () => softlayer.post<Group>(`${SERVICE}/createObject`, body),
      );
      await admit(place, { 'security-group': id });
      return id;
    },
    async destroy(id) {
      const known = isOurName(id) ? textOf(await find(id)) : id;
      if (known !== undefined) await remove(softlayer, SERVICE, known, `the security group "${id}"`);
    },
  };
}

function textOf(id: number | undefined): string | undefined {
  return id === undefined ? undefined : String(id);
}

/** Lets the machine's security group say what `ingress` says now: new rules come before old ones go. */
export async function admit(place: Place, { 'security-group': group }: Made): Promise<void> {
  if (group === undefined) return;
  const { softlayer } = place;
  const path = `${SERVICE}/${group}`;
  const mask = 'id,rules[id,direction,ethertype,protocol,portRangeMin,portRangeMax,remoteIp]';
  const { rules = [] } = await softlayer.get<{ rules?: (Rule & { id: number })[] }>(`${path}/getObject`, { mask });
  const wanted = rulesFor(place);
  const isAmong = (rule: Rule, others: readonly Rule[]) => others.some((other) => wordOf(other) === wordOf(rule));
  const missing = wanted.filter((rule) => !isAmong(rule, rules));
  const over = rules.filter((rule) => !isAmong(rule, wanted)).map(({ id }) => id);
  if (missing.length > 0) await softlayer.post(`${path}/addRules`, missing);
  if (over.length > 0) await softlayer.post(`${path}/removeRules`, over);
}

/** All that a rule does. */
function wordOf({ direction, ethertype, protocol, portRangeMin, portRangeMax, remoteIp }: Rule): string {
  return [direction, ethertype, protocol, portRangeMin, portRangeMax, remoteIp].map((each) => each ?? '').join(' ');
}

function rulesFor({ settings, site }: Place): Rule[] {
  const { from, engine, open } = site.ingress;
  return [
    ...from.flatMap((network) => ownPorts(settings.sshPort, engine).map((port) => ingress('tcp', port, network))),
    ...open.flatMap(({ port, protocol }) => EVERYBODY.map((network) => ingress(protocol, port, network))),
    { direction: 'egress', ethertype: 'IPv4' },
    { direction: 'egress', ethertype: 'IPv6' },
  ];
}

/** What the security group is for, for a person. */
export function describeRules({ settings, site }: Place): string {
  const { from, engine, open } = site.ingress;
  const own = `ports ${ownPorts(settings.sshPort, engine).join(' and ')} from ${from.join(', ') || 'nowhere'}`;
  return open.length === 0 ? own : `${own}; ${open.map(portText).join(', ')} from everywhere`;
}

const EVERYBODY = ['0.0.0.0/0', '::/0'];

function ingress(protocol: Port['protocol'], port: number, network: string): Rule {
  const ethertype = network.includes(':') ? 'IPv6' : 'IPv4';
  return { direction: 'ingress', ethertype, protocol, portRangeMin: port, portRangeMax: port, remoteIp: network };
}

function ownPorts(ssh: number, engine: boolean): number[] {
  return engine ? [ssh, 2376] : [ssh];
}

function portText({ port, protocol }: Port): string {
  return protocol === 'tcp' ? String(port) : `${port}/${protocol}`;
}
