import { SlipwayError } from '../../errors.ts';
import { nearest } from '../near.ts';
import type { Place } from './place.ts';

/** What SoftLayer tells about what was asked for. */
export interface Facts {
  /** In USD an hour, or a month. */
  readonly price: number;
  /** The id of the user's own key. */
  readonly key?: number;
}

interface Option<T> {
  readonly template: T;
  readonly itemPrice?: { readonly hourlyRecurringFee?: string; readonly recurringFee?: string };
}

/** What may be ordered; sldn.softlayer.com/reference/services/SoftLayer_Virtual_Guest/getCreateObjectOptions. */
interface Options {
  readonly datacenters: readonly Option<{ readonly datacenter: { readonly name: string } }>[];
  readonly processors: readonly Option<{
    readonly startCpus: number;
    readonly dedicatedAccountHostOnlyFlag?: boolean;
  }>[];
  readonly memory: readonly Option<{ readonly maxMemory: number }>[];
  readonly operatingSystems: readonly Option<{ readonly operatingSystemReferenceCode: string }>[];
  readonly networkComponents: readonly Option<{
    readonly networkComponents: readonly { readonly maxSpeed: number }[];
  }>[];
}

/** @throws SlipwayError `bad-input` for what there is not */
export async function factsOf(place: Place): Promise<Facts> {
  const { settings, site, softlayer } = place;
  const ask = () => softlayer.get<Options>('SoftLayer_Virtual_Guest/getCreateObjectOptions');
  const options = await site.memory.recall('softlayer options', ask);
  const { cpus, memory, speed, datacenter } = settings;
  of('data centre', datacenter, options.datacenters, ({ datacenter: { name } }) => name);
  checkImage(place, options);
  const parts = [
    of('number of processors', String(cpus), options.processors, ({ startCpus, dedicatedAccountHostOnlyFlag }) =>
      dedicatedAccountHostOnlyFlag ? '' : String(startCpus),
    ),
    of('memory of', String(memory), options.memory, ({ maxMemory }) => String(maxMemory)),
    of('network speed', String(speed), options.networkComponents, ({ networkComponents: [first] }) =>
      String(first?.maxSpeed),
    ),
  ];
  const fees = parts.map(({ itemPrice }) =>
    Number((settings.hourly ? itemPrice?.hourlyRecurringFee : itemPrice?.recurringFee) ?? 0),
  );
  await checkVlans(place);
  const key = await keyOf(place);
  return { price: fees.reduce((sum, fee) => sum + fee, 0), ...(key === undefined ? {} : { key }) };
}

function of<T>(what: string, wanted: string, options: readonly Option<T>[], name: (template: T) => string): Option<T> {
  const found = options.find(({ template }) => name(template) === wanted);
  if (found) return found;
  throw unknown(
    what,
    wanted,
    options.map(({ template }) => name(template)),
  );
}

function unknown(what: string, given: string, known: readonly string[]): SlipwayError {
  const near = nearest(
    given,
    [...new Set(known)].filter((name) => name !== ''),
  ).join(', ');
  return new SlipwayError('bad-input', `SoftLayer has no ${what} "${given}"`, { hint: `There are: ${near}` });
}

/** The newest of a system is taken without standing in the list. */
function checkImage({ settings }: Place, { operatingSystems }: Options): void {
  if (/_LATEST(_64)?$/.test(settings.image) || settings.image.includes('-')) return;
  of('operating system', settings.image, operatingSystems, (template) => template.operatingSystemReferenceCode);
}

interface Vlan {
  readonly id: number;
}

async function checkVlans({ settings, softlayer }: Place): Promise<void> {
  const wanted = [settings.publicVlan, settings.privateVlan].filter((id) => id !== undefined);
  if (wanted.length === 0) return;
  const vlans = await softlayer.list<Vlan>('getNetworkVlans', 'id');
  const missing = wanted.find((id) => !vlans.some((vlan) => vlan.id === id));
  if (missing === undefined) return;
  throw new SlipwayError('bad-input', `The account has no VLAN "${missing}"`, {
    hint: 'This prints those that there are: slcli vlan list',
  });
}

export interface Key {
  readonly id: number | string;
  readonly label?: string;
  readonly notes?: string;
}

async function keyOf({ settings, softlayer }: Place): Promise<number | undefined> {
  if (settings.key === undefined) return undefined;
  const keys = await softlayer.list<Key>('getSshKeys', 'id,label');
  const found = keys.find(({ id, label }) => String(id) === settings.key || label === settings.key);
  if (found) return Number(found.id);
  throw new SlipwayError('bad-input', `The account has no SSH key "${settings.key}"`, {
    hint: 'This prints those that there are: slcli security sshkey-list',
  });
}
