import type { Port } from '../driver.ts';
import type { Place } from './place.ts';

/** What is let in; a security group lets nothing in that no rule allows. */
export interface Rule {
  readonly direction: 'ingress';
  readonly ethertype: 'IPv4' | 'IPv6';
  readonly protocol: 'tcp' | 'udp';
  readonly port_range_min: number;
  readonly port_range_max: number;
  readonly remote_ip_prefix: string;
}

export function rulesFor({ settings, site }: Place): Rule[] {
  const { from, engine, open } = site.ingress;
  const own = ownPorts(settings.sshPort, engine).map((port): Port => ({ port, protocol: 'tcp' }));
  return [
    ...own.flatMap((port) => from.map((network) => rule(port, network))),
    ...open.flatMap((port) => EVERYBODY.map((network) => rule(port, network))),
  ];
}

/** What the group is for, for a person. */
export function describeRules({ settings, site }: Place): string {
  const { from, engine, open } = site.ingress;
  const own = `ports ${ownPorts(settings.sshPort, engine).join(' and ')} from ${from.join(', ') || 'nowhere'}`;
  return open.length === 0 ? own : `${own}; ${open.map(portText).join(', ')} from everywhere`;
}

export function sameRule(one: Rule, other: Rule): boolean {
  const told = (rule: Rule) =>
    [rule.ethertype, rule.protocol, rule.port_range_min, rule.port_range_max, rule.remote_ip_prefix].join(' ');
  return told(one) === told(other);
}

const EVERYBODY = ['0.0.0.0/0', '::/0'];

function rule({ port, protocol }: Port, network: string): Rule {
  return {
    direction: 'ingress',
    ethertype: network.includes(':') ? 'IPv6' : 'IPv4',
    protocol,
    port_range_min: port,
    port_range_max: port,
    remote_ip_prefix: network,
  };
}

function ownPorts(ssh: number, engine: boolean): number[] {
  return engine ? [ssh, 2376] : [ssh];
}

function portText({ port, protocol }: Port): string {
  return protocol === 'tcp' ? String(port) : `${port}/${protocol}`;
}
