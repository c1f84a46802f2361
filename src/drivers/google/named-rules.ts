import type { compute_v1 } from '@googleapis/compute/build/v1.js';
import { SlipwayError } from '../../errors.ts';
import { ifThere } from './failures.ts';
import { near } from './near.ts';
import { networkOf } from './network.ts';
import { lastOf, parsePath } from './paths.ts';
import type { Place } from './place.ts';

type Rule = compute_v1.Schema$Firewall;

/**
 * The tags by which the rules that the user named choose an instance: with them it is under these rules.
 * @throws SlipwayError `bad-input` where one is not there, or of another network
 */
export async function tagsOfRules(place: Place): Promise<string[]> {
  const { rules } = place.settings;
  if (rules.length === 0) return [];
  const network = parsePath(await networkOf(place, {}));
  const found = await Promise.all(rules.map((name) => ruleIn(place, network.project, name)));
  const elsewhere = found.find((rule) => lastOf(rule.network) !== network.name);
  if (!elsewhere) return found.flatMap(({ targetTags }) => targetTags ?? []);
  throw new SlipwayError('bad-input', `The rule "${elsewhere.name}" is of another network than "${network.name}"`, {
    hint: `Say --google-network ${lastOf(elsewhere.network)}, or name rules of "${network.name}".`,
  });
}

/** Rules are kept with their network, which may be another project's. */
async function ruleIn({ google }: Place, project: string, name: string): Promise<Rule> {
  const found = await ifThere(
    google.ask(({ firewalls }, options) => firewalls.get({ project, firewall: name }, options)),
  );
  if (found) return found;
  const listed = google.ask(({ firewalls }, options) => firewalls.list({ project, fields: 'items/name' }, options));
  throw new SlipwayError('bad-input', `There is no firewall rule "${name}" in "${project}"`, await near(name, listed));
}
