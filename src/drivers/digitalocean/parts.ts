import type { Part } from '../driver.ts';
import { addressPart } from './address.ts';
import { allPages } from './client.ts';
import { dropletPart } from './droplet.ts';
import type { Facts } from './facts.ts';
import { firewallPart } from './firewall.ts';
import { makeOnce, missing, remove } from './kept.ts';
import { isOurName, type Place, SETTLES } from './place.ts';
import { tagPart } from './tags.ts';

/** In the order made. */
export function partsOf(place: Place, facts: () => Promise<Facts>): Part[] {
  const { settings } = place;
  return [
    ...(settings.key === undefined ? [keyPart(place)] : []),
    ...(settings.vpc === 'own' ? [vpcPart(place)] : []),
    tagPart(place),
    firewallPart(place),
    dropletPart(place, facts),
    ...(settings.reserved === undefined ? [] : [addressPart(place)]),
  ];
}

/** All there can be, for a sweep. */
export function allParts(place: Place, facts: () => Promise<Facts>): Part[] {
  const parts = [keyPart(place), vpcPart(place), tagPart(place), firewallPart(place), dropletPart(place, facts)];
  return [...parts, addressPart(place)];
}

interface Named {
  readonly id: number | string;
  readonly name: string;
}

/** Without a key of somebody's, DigitalOcean would give root a password, and send it by mail. */
function keyPart({ ocean, site }: Place): Part {
  const find = (key: string) => byName(allPages<Named>(ocean, 'account/keys', 'ssh_keys'), key);
  return {
    kind: 'key',
    settles: SETTLES,
    find,
    create: (key) =>
      makeOnce(
        () => find(key),
        async () => {
          const { publicKey } = site.bootstrap ?? missing('key');
          const body = { name: key, public_key: publicKey };
          const { ssh_key } = await ocean.ask<{ ssh_key: Named }>('POST', '/v2/account/keys', { body, makes: true });
          return String(ssh_key.id);
        },
      ),
    async destroy(id) {
      const known = /^\d+$/.test(id) ? id : await find(id);
      if (known !== undefined) await remove(ocean, `/v2/account/keys/${known}`, `the key "${id}"`);
    },
  };
}

/** One for all machines of the store in this region; a network is free. */
function vpcPart({ ocean, settings }: Place): Part {
  const find = (key: string) => byName(allPages<Named>(ocean, 'vpcs', 'vpcs'), key);
  return {
    kind: 'vpc',
    shared: `digitalocean-vpc-${settings.region}`,
    settles: SETTLES,
    find,
    create: (key) =>
      makeOnce(
        () => find(key),
        async () => {
          const body = { name: key, region: settings.region };
          return String((await ocean.ask<{ vpc: Named }>('POST', '/v2/vpcs', { body, makes: true })).vpc.id);
        },
      ),
    async destroy(id) {
      const known = isOurName(id) ? await find(id) : id;
      if (known !== undefined) await remove(ocean, `/v2/vpcs/${known}`, `the network "${id}"`);
    },
  };
}

async function byName(listed: Promise<readonly Named[]>, name: string): Promise<string | undefined> {
  const found = (await listed).find((each) => each.name === name);
  return found === undefined ? undefined : String(found.id);
}
