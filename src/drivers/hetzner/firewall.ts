import type { Made, Port } from '../driver.ts';
import type { Action } from './client.ts';
import { finished } from './kept.ts';
import type { Place } from './place.ts';

/** What is let in; a firewall lets nothing in that no rule allows, and everything out. */
export interface Rule {
  readonly direction: 'in';
  readonly protocol: 'tcp' | 'udp';
  readonly port: string;
  readonly source_ips: readonly string[];
}

export function rulesFor({ settings, site }: Place): Rule[] {
  const { from, open } = site.ingress;
  const own = from.length > 0 ? ownPorts(settings.sshPort, site.ingress.engine) : []; // a rule needs somebody to let in
  return [
    ...own.map((port) => rule('tcp', port, from)),
    ...open.map(({ port, protocol }) => rule(protocol, port, EVERYBODY)),
  ];
}

/** Lets the machine's firewall say what `ingress` says now. */
export async function admit(place: Place, { firewall }: Made): Promise<void> {
  if (firewall === undefined) return;
  const { hetzner } = place;
  const asked = { body: { rules: rulesFor(place) }, repeatable: true };
  const { actions } = await hetzner.ask<{ actions: Action[] }>(
    'POST',
    `/firewalls/${firewall}/actions/set_rules`,
    asked,
  );
  for (const action of actions) await finished(hetzner, action, 'the rules of the firewall at Hetzner Cloud');
}

/** What the firewall is for, for a person. */
export function describeRules({ settings, site }: Place): string {
  const { from, engine, open } = site.ingress;
  const own = `ports ${ownPorts(settings.sshPort, engine).join(' and ')} from ${from.join(', ') || 'nowhere'}`;
  return open.length === 0 ? own : `${own}; ${open.map(portText).join(', ')} from everywhere`;
}

const EVERYBODY = ['0.0.0.0/0', '::/0'];

function rule(protocol: Rule['protocol'], port: number, sources: readonly string[]): Rule {
  return { direction: 'in', protocol, port: String(port), source_ips: sources };
}

function ownPorts(ssh: number, engine: boolean): number[] {
  return engine ? [ssh, 2376] : [ssh];
}

function portText({ port, protocol }: Port): string {
  return protocol === 'tcp' ? String(port) : `${port}/${protocol}`;
}
