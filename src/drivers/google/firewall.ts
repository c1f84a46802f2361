import { randomUUID } from 'node:crypto';
import { isIPv4 } from 'node:net';
import type { compute_v1 } from '@googleapis/compute/build/v1.js';
import type { Made, Part, Port } from '../driver.ts';
import { described, lookUp, make, remove } from './kept.ts';
import { networkOf, SETTLES } from './network.ts';
import { finished } from './operations.ts';
import { formatPath, lastOf, type Path, parsePath } from './paths.ts';
import { ownLabels, type Place, sharedLabels, short, where } from './place.ts';

type Rule = compute_v1.Schema$Firewall;
type Body = Pick<Rule, 'allowed' | 'denied' | 'priority' | 'sourceRanges' | 'sourceTags'>;

/**
 * Google's rules are chosen by the tags of an instance. Each machine has the tag of its own rule, and that of the guard:
 * the guard refuses what nobody has allowed, since the network "default" comes with rules that open SSH to everybody. A
 * rule holds addresses of one family only. Where the user names rules, there are none of ours.
 */
export function firewallParts(place: Place): Part[] {
  const { settings, site } = place;
  if (settings.rules.length > 0) return [];
  const families = settings.ipv6 ? [4, 6] : [4];
  return families.flatMap((family) => [
    guardPart(place, family),
    ownPart(place, named('firewall', family)),
    ...(site.ingress.open.length > 0 ? [ownPart(place, named('firewall-open', family))] : []),
  ]);
}

/** Lets the machine's own rules say what `ingress` says now. */
export async function admit(place: Place, made: Made): Promise<void> {
  for (const kind of ['firewall', 'firewall-ipv6']) {
    const id = made[kind];
    if (id !== undefined) await replace(place, kind, parsePath(id), made);
  }
}

/** Writes the labels of the machine's own rules anew: they are its rules' descriptions. */
export async function redescribe(place: Place, made: Made): Promise<void> {
  for (const [kind, id] of Object.entries(made)) {
    if (kind.startsWith('firewall')) await replace(place, kind, parsePath(id), made);
  }
}

/** What the rules of the machine are for, for a person. */
export function describeRule({ site }: Place, kind: string): string {
  if (kind.startsWith('guard')) return 'refuses what no rule of yours allows; shared by the machines of this store';
  if (kind.startsWith('firewall-open')) return `${site.ingress.open.map(portText).join(', ')} from everywhere`;
  const { from, engine } = site.ingress;
  return `ports ${portsOf(engine).join(' and ')} from ${from.filter(inFamily(familyOf(kind))).join(', ') || 'nowhere'}`;
}

/** The tags by which the rules choose the machine. */
export function tagsOf(made: Made): string[] {
  return [made.guard, made.firewall].filter((id) => id !== undefined).map(lastOf);
}

function ownPart(place: Place, kind: string): Part {
  return {
    ...partOf(place, (key, made, network) => ({
      ...frame(key, network, kind === 'firewall' ? key : lastOf(made.firewall)),
      ...bodyOf(place, kind, key),
      description: described(ownLabels(place, key)),
    })),
    kind,
  };
}

/** Comes before nothing but the rules that every network "default" has, whose priority is the last but one (65534). */
function guardPart(place: Place, family: number): Part {
  const { network, subnetwork, project } = place.settings;
  const text = typeof network === 'object' ? network.path : `${project} ${subnetwork ?? 'own'}`;
  return {
    ...partOf(place, (key, made, path) => ({
      ...frame(key, path, family === 4 ? key : lastOf(made.guard)),
      priority: 65533,
      denied: [{ IPProtocol: 'all' }],
      sourceRanges: [everywhere(family)],
      description: described(sharedLabels(place, key)),
    })),
    kind: named('guard', family),
    shared: `google-${named('guard', family)}-${short(text)}`,
  };
}

function partOf(place: Place, rule: (key: string, made: Made, network: string) => Rule): Omit<Part, 'kind'> {
  const { google } = place;
  const at = (text: string) => where(text, { project: projectOf(place), collection: 'firewalls' }, parsePath);
  return {
    settles: SETTLES,
    async create(key, made) {
      const network = await networkOf(place, made);
      const path = { ...at(key), project: parsePath(network).project };
      const requestBody = rule(key, made, network);
      return make(google, path, ({ firewalls }, requestId, options) =>
        firewalls.insert({ project: path.project, requestId, requestBody }, options),
      );
    },
    find: async (key) => ((await lookUp(google, at(key))) ? formatPath(at(key)) : undefined),
    destroy: (id) => remove(google, at(id)),
  };
}

/** Rules are kept with their network, which may be another project's. */
function projectOf({ settings: { network, subnetwork, project } }: Place): string {
  if (typeof network === 'object') return parsePath(network.path).project;
  return subnetwork === undefined ? project : parsePath(subnetwork).project;
}

async function replace(place: Place, kind: string, path: Path, made: Made): Promise<void> {
  const { project, name } = path;
  const requestBody = {
    ...frame(name, await networkOf(place, made), kind === 'firewall' ? name : lastOf(made.firewall)),
    ...bodyOf(place, kind, name),
    description: described(ownLabels(place, name)),
  };
  const operation = await place.google.ask(({ firewalls }, options) =>
    firewalls.update({ project, firewall: name, requestId: randomUUID(), requestBody }, options),
  );
  await finished(place.google, project, operation, `the rule "${name}" at Google`);
}

function frame(name: string, network: string, tag: string): Rule {
  return { name, network, direction: 'INGRESS', targetTags: [tag] };
}

function bodyOf({ site }: Place, kind: string, key: string): Body {
  const { from, engine, open } = site.ingress;
  const family = familyOf(kind);
  const usual = { priority: 1000 };
  if (kind.startsWith('firewall-open')) {
    return { ...usual, allowed: byProtocol(open), sourceRanges: [everywhere(family)] };
  }
  const sourceRanges = from.filter(inFamily(family));
  const allowed = [{ IPProtocol: 'tcp', ports: portsOf(engine) }];
  // A rule without any source would admit everybody: then it admits the machine itself.
  return { ...usual, allowed, ...(sourceRanges.length > 0 ? { sourceRanges } : { sourceTags: [key] }) };
}

function portsOf(engine: boolean): string[] {
  return engine ? ['22', '2376'] : ['22'];
}

function byProtocol(open: readonly Port[]): NonNullable<Rule['allowed']> {
  return (['tcp', 'udp'] as const).flatMap((protocol) => {
    const ports = open.filter((each) => each.protocol === protocol).map(({ port }) => String(port));
    return ports.length > 0 ? [{ IPProtocol: protocol, ports }] : [];
  });
}

function portText({ port, protocol }: Port): string {
  return protocol === 'tcp' ? String(port) : `${port}/${protocol}`;
}

function named(kind: string, family: number): string {
  return family === 4 ? kind : `${kind}-ipv6`;
}

function familyOf(kind: string): number {
  return kind.endsWith('-ipv6') ? 6 : 4;
}

function inFamily(family: number): (network: string) => boolean {
  return (network) => isIPv4(network.split('/')[0] ?? '') === (family === 4);
}

function everywhere(family: number): string {
  return family === 4 ? '0.0.0.0/0' : '::/0';
}
