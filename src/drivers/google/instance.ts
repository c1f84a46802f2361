import { gzipSync } from 'node:zlib';
import type { compute_v1 } from '@googleapis/compute/build/v1.js';
import { SlipwayError } from '../../errors.ts';
import { gather } from '../../gather.ts';
import type { Made, Part } from '../driver.ts';
import { staticAddress } from './address.ts';
import type { Google } from './client.ts';
import type { Facts } from './facts.ts';
import { tagsOf } from './firewall.ts';
import { lookUp, make, remove } from './kept.ts';
import { tagsOfRules } from './named-rules.ts';
import { networkOf, SETTLES } from './network.ts';
import { pagesOf } from './pages.ts';
import { formatPath, lastOf, type Path, parsePath } from './paths.ts';
import { ownLabels, type Place, where } from './place.ts';
import { schedulingOf } from './scheduling.ts';

type Instance = compute_v1.Schema$Instance;

/**
 * The instance and the disk that it boots from, which bears its name and goes with it. Should somebody have kept the disk
 * when the instance went, it is the disk that is found, and removed.
 */
export function instancePart(place: Place, facts: () => Promise<Facts>): Part {
  const { google } = place;
  const { project, zone } = place.settings;
  const at = (text: string) => where(text, { project, zone, collection: 'instances' }, parsePath);
  const diskOf = (path: Path): Path => ({ ...path, collection: 'disks' });
  return {
    kind: 'instance',
    settles: SETTLES,
    async create(key, made) {
      const requestBody = await instanceOf(place, await facts(), key, made);
      return make(google, at(key), ({ instances }, requestId, options) =>
        instances.insert({ project, zone, requestId, requestBody }, options),
      );
    },
    async find(key) {
      const there = (await lookUp(google, at(key))) ?? (await lookUp(google, diskOf(at(key))));
      return there ? formatPath(at(key)) : undefined;
    },
    async destroy(id) {
      await remove(google, at(id));
      await remove(google, diskOf(at(id)));
    },
  };
}

async function instanceOf(place: Place, facts: Facts, key: string, made: Made): Promise<Instance> {
  const { settings, site } = place;
  return {
    name: key,
    description: `The machine "${site.machine}" of Slipway`,
    labels: { ...settings.labels, ...ownLabels(place, key) },
    machineType: `zones/${settings.zone}/machineTypes/${settings.type}`,
    tags: { items: [...new Set([...tagsOf(made), ...(await tagsOfRules(place)), ...settings.tags])] },
    disks: [diskOf(place, facts, key)],
    networkInterfaces: [await interfaceOf(place, made)],
    metadata: { items: metadataOf(place) },
    ...(settings.serviceAccount ? { serviceAccounts: [accountOf(settings.serviceAccount)] } : {}),
    scheduling: schedulingOf(place),
    ...shield(facts, settings.secureBoot),
  };
}

function accountOf({ email, scopes }: { email: string; scopes: readonly string[] }) {
  return { email, scopes: [...scopes] };
}

function diskOf(place: Place, { image }: Facts, key: string): NonNullable<Instance['disks']>[number] {
  const { disk, zone, labels } = place.settings;
  return {
    boot: true,
    autoDelete: true,
    type: 'PERSISTENT',
    initializeParams: {
      diskName: key,
      sourceImage: formatPath(parsePath(image.selfLink ?? '')),
      diskSizeGb: String(disk.size),
      diskType: `zones/${zone}/diskTypes/${disk.type}`,
      labels: { ...labels, ...ownLabels(place, key) },
    },
    ...(disk.key === undefined ? {} : { diskEncryptionKey: { kmsKeyName: disk.key } }),
  };
}

async function interfaceOf(place: Place, made: Made): Promise<NonNullable<Instance['networkInterfaces']>[number]> {
  const { settings } = place;
  const address = (await staticAddress(place, made)) ?? { networkTier: 'PREMIUM' };
  const external = { type: 'ONE_TO_ONE_NAT', name: 'External NAT', ...address };
  return {
    network: await networkOf(place, made),
    ...(settings.subnetwork === undefined ? {} : { subnetwork: settings.subnetwork }),
    ...(settings.address === 'none' ? {} : { accessConfigs: [external] }),
    ...(settings.ipv6 ? IPV6 : {}),
  };
}

const IPV6 = {
  stackType: 'IPV4_IPV6',
  ipv6AccessConfigs: [{ type: 'DIRECT_IPV6', name: 'External IPv6', networkTier: 'PREMIUM' }],
};

/** A value may have 256 KiB; cloud.google.com/compute/docs/metadata/setting-custom-metadata, "Limitations". */
const LONGEST = 256 * 1024;

/** @throws SlipwayError `bad-input` for user data that is too long even when compressed */
export function metadataOf({ site }: Place): { key: string; value: string }[] {
  const { bootstrap } = site;
  if (!bootstrap) throw new SlipwayError('failed', 'A machine can be made only with what its first boot needs');
  return [...userData(bootstrap.userData), { key: 'block-project-ssh-keys', value: 'TRUE' }];
}

/** The keys that cloud-init reads: docs.cloud-init.io, "Google Compute Engine". It unpacks what is compressed. */
function userData(document: string): { key: string; value: string }[] {
  if (Buffer.byteLength(document) <= LONGEST) return [{ key: 'user-data', value: document }];
  const value = gzipSync(document).toString('base64');
  if (value.length > LONGEST) throw tooLong(value.length);
  return [
    { key: 'user-data', value },
    { key: 'user-data-encoding', value: 'base64' },
  ];
}

function tooLong(length: number): SlipwayError {
  const kib = Math.ceil(length / 1024);
  return new SlipwayError(
    'bad-input',
    `The user data has ${kib} KiB when compressed; Google takes ${LONGEST / 1024} KiB`,
    {
      hint: 'Let --cloud-init fetch what is large.',
    },
  );
}

/** Only for images that boot with UEFI; others cannot be asked for it. */
function shield({ image }: Facts, enableSecureBoot: boolean): Pick<Instance, 'shieldedInstanceConfig'> {
  if (!image.guestOsFeatures?.some(({ type }) => type === 'UEFI_COMPATIBLE')) return {};
  return { shieldedInstanceConfig: { enableSecureBoot, enableVtpm: true, enableIntegrityMonitoring: true } };
}

/** Where the machine is: its id, or, for one that somebody else made, its name in the zone. */
export function instancePath({ settings, site }: Place, made: Made): Path | undefined {
  const { project, zone, existing } = settings;
  if (existing) return { project, zone, collection: 'instances', name: site.machine };
  return made.instance === undefined
    ? undefined
    : where(made.instance, { project, zone, collection: 'instances' }, parsePath);
}

/** What Google tells of the machine now; undefined where it knows none. */
export async function instanceNow(place: Place, made: Made): Promise<Instance | undefined> {
  const path = instancePath(place, made);
  if (path === undefined) return undefined;
  const { google } = place;
  const ask = await google.shared(`instances ${path.project}`, (own) => gather((paths) => look(own, paths), GATHERING));
  return ask(formatPath(path), google.signal);
}

/** A filter may have some thousand letters. Google answers 25 questions a second, of all who ask about one project. */
const GATHERING = { most: 50, every: 500 };

/** One by its name, several with a list of each of their zones. */
async function look(google: Google, paths: readonly string[]): Promise<ReadonlyMap<string, Instance>> {
  const [only = '', ...others] = paths;
  if (others.length === 0) {
    const instance = await lookUp(google, parsePath(only));
    return new Map(instance ? [[only, instance as Instance]] : []);
  }
  const zones = Map.groupBy(paths.map(parsePath), ({ project, zone }) => `${project} ${zone}`);
  const found = await Promise.all([...zones.values()].map((inOne) => listed(google, inOne)));
  return new Map(found.flat().map((instance) => [formatPath(parsePath(instance.selfLink ?? '')), instance]));
}

async function listed(google: Google, paths: readonly Path[]): Promise<Instance[]> {
  const [{ project = '', zone = '' } = {}] = paths;
  const filter = paths.map(({ name }) => `(name = "${name}")`).join(' OR ');
  const pages = await pagesOf((pageToken) =>
    google.ask(({ instances }, o) => instances.list({ project, zone, filter, ...pageToken }, o)),
  );
  return pages.flatMap(({ items = [] }) => items);
}

/** For a person: "e2-medium in us-central1-a, ubuntu-2404-noble-amd64-v20261104, 20 GB pd-balanced". */
export function describeInstance({ settings }: Place, { type, image }: Facts): string {
  const { zone, disk, spot } = settings;
  const size = `${type.guestCpus} processors, ${type.memoryMb} MB`;
  const kind = `${spot ? 'spot ' : ''}${type.name} (${size}) in ${zone}`;
  return `${kind}, ${lastOf(image.selfLink)}, ${disk.size} GB ${disk.type}`;
}
