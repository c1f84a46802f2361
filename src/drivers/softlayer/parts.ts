import type { Part } from '../driver.ts';
import type { Facts, Key } from './facts.ts';
import { groupPart } from './firewall.ts';
import { guestPart } from './guest.ts';
import { makeOnce, missing, remove, SETTLES } from './kept.ts';
import { isOurName, notesOf, type Place } from './place.ts';

/** In the order made. */
export function partsOf(place: Place, facts: () => Promise<Facts>): Part[] {
  const { settings } = place;
  const ownKey = settings.key !== undefined || settings.keyPath !== undefined;
  return [...(ownKey ? [] : [keyPart(place)]), groupPart(place), guestPart(place, facts)];
}

/** All there can be, for a sweep. */
export function allParts(place: Place, facts: () => Promise<Facts>): Part[] {
  return [keyPart(place), groupPart(place), guestPart(place, facts)];
}

const SERVICE = 'SoftLayer_Security_Ssh_Key';

/** Without one SoftLayer makes a password for root, and keeps it. */
function keyPart(place: Place): Part {
  const { softlayer, site } = place;
  const find = async (key: string) => {
    const keys = await softlayer.list<Key>('getSshKeys', 'id,label');
    const found = keys.find(({ label }) => label === key);
    return found === undefined ? undefined : Number(found.id);
  };
  return {
    kind: 'key',
    settles: SETTLES,
    find: async (key) => find(key).then((id) => (id === undefined ? undefined : String(id))),
    create: (key) =>
      makeOnce(
        () => find(key),
        () => {
          const { publicKey } = site.bootstrap ?? missing('key');
          return softlayer.post(`${SERVICE}/createObject`, { label: key, key: publicKey, notes: notesOf(place) });
        },
      ),
    async destroy(id) {
      const known = isOurName(id) ? await find(id) : id;
      if (known !== undefined) await remove(softlayer, SERVICE, String(known), `the key "${id}"`);
    },
  };
}
