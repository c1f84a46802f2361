import { isIPv4 } from 'node:net';
import { codeOf } from '../../errors.ts';
import type { Labels, Made, Port } from '../driver.ts';
import { ifThere } from './failures.ts';
import type { Place } from './place.ts';

/** What is let in, or out: a security group lets nothing through that no rule allows. */
export interface Rule {
  /** Says all that the rule does, so that rules are told apart by it. */
  readonly name: string;
  readonly direction: 'inbound' | 'outbound';
  readonly ip_version: 'ipv4';
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly port_min?: number;
  readonly port_max?: number;
  readonly remote: { readonly cidr_block: string };
}

/** IBM's networks have IPv4 only. */
export function rulesFor({ settings, site }: Place): Rule[] {
  const { from, engine, open } = site.ingress;
  const who = from.filter((network) => isIPv4(network.split('/')[0] ?? ''));
  const { 'slipway-expires': end, 'slipway-protected': isProtected } = site.labels;
  return [
    ...who.flatMap((network) => ownPorts(settings.sshPort, engine).map((port) => inbound('tcp', port, network))),
    ...open.map(({ port, protocol }) => inbound(protocol, port, EVERYBODY)),
    outbound('tcp', end === undefined ? 'out-tcp' : `${END}${end}`),
    outbound('udp', isProtected === undefined ? 'out-udp' : `${PROTECTED}${isProtected}`),
    outbound('icmp', 'out-icmp'),
  ];
}

/** The labels that may change while everything else stays stand in the names of rules. */
export function passingIn(rules: readonly { readonly name: string }[]): Labels {
  const after = (start: string) => rules.find(({ name }) => name.startsWith(start))?.name.slice(start.length);
  const [end, isProtected] = [after(END), after(PROTECTED)];
  return {
    ...(end === undefined ? {} : { 'slipway-expires': end }),
    ...(isProtected === undefined ? {} : { 'slipway-protected': isProtected }),
  };
}

const END = 'out-tcp-until-';
const PROTECTED = 'out-udp-protected-';

interface Known {
  readonly id: string;
  readonly name: string;
}

/** Lets the machine's security group say what `ingress` and the labels say now: new rules come before old ones go. */
export async function admit(place: Place, made: Made): Promise<void> {
  const { ibm } = place;
  const { 'security-group': group } = made;
  if (group === undefined) return;
  const path = `/security_groups/${group}/rules`;
  const wanted = rulesFor(place);
  const { rules } = await ibm.ask<{ rules: Known[] }>('GET', path);
  const missing = wanted.filter(({ name }) => !rules.some((rule) => rule.name === name));
  for (const rule of missing) await add(place, path, rule);
  const over = rules.filter(({ name }) => !wanted.some((rule) => rule.name === name));
  for (const { id } of over) await ifThere(ibm.ask('DELETE', `${path}/${id}`));
}

/** One that is there already is as good. */
async function add({ ibm }: Place, path: string, rule: Rule): Promise<void> {
  await ibm.ask('POST', path, { body: rule, repeatable: true }).catch((error: unknown) => {
    if (codeOf(error) !== 'exists') throw error;
  });
}

/** What the security group is for, for a person. */
export function describeRules({ settings, site }: Place): string {
  const { from, engine, open } = site.ingress;
  const own = `ports ${ownPorts(settings.sshPort, engine).join(' and ')} from ${from.join(', ') || 'nowhere'}`;
  return open.length === 0 ? own : `${own}; ${open.map(portText).join(', ')} from everywhere`;
}

const EVERYBODY = '0.0.0.0/0';

function inbound(protocol: 'tcp' | 'udp', port: number, network: string): Rule {
  const name = `in-${protocol}-${port}-${network.replace(/\D/g, '-')}`;
  return {
    name,
    direction: 'inbound',
    ip_version: 'ipv4',
    protocol,
    port_min: port,
    port_max: port,
    remote: { cidr_block: network },
  };
}

function outbound(protocol: Rule['protocol'], name: string): Rule {
  return { name, direction: 'outbound', ip_version: 'ipv4', protocol, remote: { cidr_block: EVERYBODY } };
}

function ownPorts(ssh: number, engine: boolean): number[] {
  return engine ? [ssh, 2376] : [ssh];
}

function portText({ port, protocol }: Port): string {
  return protocol === 'tcp' ? String(port) : `${port}/${protocol}`;
}
