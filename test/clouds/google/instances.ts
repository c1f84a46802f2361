import { setTimeout as delay } from 'node:timers/promises';
import { type Ask, change, type Handler, pathIn, regionOf } from './ask.ts';
import { boot, forget, look, shut } from './behind.ts';
import { gone, refuseTwice } from './networking.ts';
import { cpuMetrics, failBeyond } from './quota.ts';
import { Failure, invalid, Refusal } from './refusal.ts';
import { checkInstance, checkScheduling, type InstanceBody } from './rules.ts';
import { newFingerprint, type Thing, type World } from './world.ts';

/** Instances and the disks that they boot from. */
export const instances: Readonly<Record<string, Handler>> = {
  'instances.insert': insert,
  'instances.get': seen,
  'instances.delete': remove,
  'instances.start': (ask) => power(ask, 'start', ['TERMINATED'], (instance) => run(ask, instance)),
  'instances.resume': (ask) => power(ask, 'resume', ['SUSPENDED'], (instance) => run(ask, instance)),
  'instances.stop': (ask) => power(ask, 'stop', ['RUNNING', 'TERMINATED'], (instance) => halt(ask, instance)),
  'instances.suspend': (ask) => power(ask, 'suspend', ['RUNNING'], (instance) => suspend(ask, instance)),
  'instances.getSerialPortOutput': console,
  'instances.setLabels': (ask) => set(ask, 'labels', 'labelFingerprint', 'setLabels'),
  'instances.setMetadata': (ask) => set(ask, 'metadata', 'fingerprint', 'setMetadata'),
  'instances.setScheduling': setScheduling,
  'disks.setLabels': (ask) => set(ask, 'labels', 'labelFingerprint', 'setLabels'),
  'disks.delete': removeDisk,
};

/** What a list shows follows what is behind. */
export async function refresh(ask: Ask): Promise<void> {
  await Promise.all(ask.world.all(/\/instances\/[^/]+$/).map((instance) => look(ask.place, instance)));
}

async function seen(ask: Ask): Promise<Thing> {
  const instance = ask.world.get(ask.url);
  await look(ask.place, instance);
  return shown(instance);
}

/** Without what only this server needs to know. */
export function shown(instance: Thing): Thing {
  const { natIP: _, ...rest } = instance;
  return rest as Thing;
}

function insert(ask: Ask): object {
  const { world, url } = ask;
  const body = ask.body as unknown as InstanceBody;
  const path = `${url}/${body.name}`;
  refuseTwice(ask, path);
  checkInstance(ask, body);
  return change(ask, 'insert', path, async () => {
    const instance = world.show(path, 'instance', fieldsOf(ask, body));
    const disk = bootDisk(ask, body, instance);
    try {
      await delay(world.pace.step);
      allot(ask, instance, body);
      await run(ask, instance);
    } catch (error) {
      world.hide(path);
      world.hide(disk);
      throw error;
    }
  });
}

/** @throws Failure where the zone has no such machine, or the region may not have it */
function allot({ world, place, path }: Ask, instance: Thing, body: InstanceBody): void {
  const zone = path.zone ?? '';
  const type = body.machineType.split('/').at(-1);
  const spot = body.scheduling?.provisioningModel === 'SPOT';
  if (place.exhausted.has(`${zone} ${type}`) || (spot && place.exhausted.has(`${zone} ${type} SPOT`))) {
    const message = `The zone '${path.project}/zones/${zone}' does not have enough resources available.`;
    throw new Failure('ZONE_RESOURCE_POOL_EXHAUSTED', 503, message);
  }
  for (const metric of ['INSTANCES', ...cpuMetrics(instance), 'SSD_TOTAL_GB', 'DISKS_TOTAL_GB']) {
    failBeyond(world, place, metric, regionOf(zone));
  }
}

function fieldsOf(ask: Ask, body: InstanceBody): object {
  const { world, path } = ask;
  const zone = `projects/${path.project}/zones/${path.zone}`;
  return {
    ...body,
    zone: world.root + zone,
    machineType: world.root + pathIn(ask, body.machineType),
    status: 'PROVISIONING',
    labelFingerprint: newFingerprint(),
    tags: { ...body.tags, fingerprint: newFingerprint() },
    metadata: { ...body.metadata, fingerprint: newFingerprint() },
    networkInterfaces: body.networkInterfaces.map((card, index) => cardOf(ask, card, index)),
  };
}

function cardOf(ask: Ask, card: InstanceBody['networkInterfaces'][number], index: number): object {
  const { world, place, path } = ask;
  const region = `projects/${path.project}/regions/${regionOf(path.zone ?? '')}`;
  const network = pathIn(ask, card.network ?? 'global/networks/default');
  const subnetwork = card.subnetwork ?? `${region}/subnetworks/${network.split('/').at(-1)}`;
  return {
    ...card,
    name: `nic${index}`,
    network: world.root + network,
    subnetwork: world.root + pathIn(ask, subnetwork),
    networkIP: place.nextAddress(),
    ...(card.ipv6AccessConfigs
      ? { ipv6AccessConfigs: card.ipv6AccessConfigs.map((each) => ({ ...each, externalIpv6: '2600:1900:4000::7' })) }
      : {}),
  };
}

/** Gives the disk's path. */
function bootDisk(ask: Ask, body: InstanceBody, instance: Thing): string {
  const { world, path } = ask;
  const wanted = body.disks[0]?.initializeParams ?? {};
  const disk = `projects/${path.project}/zones/${path.zone}/disks/${wanted.diskName ?? body.name}`;
  world.show(disk, 'disk', {
    zone: instance.zone,
    status: 'READY',
    sizeGb: wanted.diskSizeGb ?? '10',
    type: world.root + pathIn(ask, wanted.diskType ?? `zones/${path.zone}/diskTypes/pd-standard`),
    labels: wanted.labels ?? {},
    labelFingerprint: newFingerprint(),
    sourceImage: world.root + pathIn(ask, wanted.sourceImage),
    users: [instance.selfLink],
  });
  instance.disks = body.disks.map(({ initializeParams: _, ...each }) => ({
    ...each,
    source: world.root + disk,
    index: 0,
  }));
  return disk;
}

async function run(ask: Ask, instance: Thing): Promise<void> {
  const { world, place } = ask;
  instance.status = 'STAGING';
  await delay(world.pace.step);
  connect(ask, instance);
  failBeyond(world, place, 'IN_USE_ADDRESSES', regionOf(ask.path.zone ?? ''));
  await boot(place, instance);
  instance.status = 'RUNNING';
}

interface Card {
  networkIP: string;
  accessConfigs?: { natIP?: string }[];
}

export function cards(instance: Thing): Card[] {
  return instance.networkInterfaces as Card[];
}

/** Gives the instance its external address: the one that was named, or any. */
function connect({ world, place }: Ask, instance: Thing): void {
  const config = cards(instance)[0]?.accessConfigs?.[0];
  if (!config) return;
  const named = world.all(/\/addresses\/[^/]+$/).find(({ address }) => address === config.natIP);
  if (named) Object.assign(named, { status: 'IN_USE', users: [instance.selfLink] });
  config.natIP ??= place.nextAddress();
  instance.natIP = config.natIP;
}

/** What is not static is another's the next moment. */
async function halt({ world, place }: Ask, instance: Thing): Promise<void> {
  instance.status = 'STOPPING';
  await shut(place, instance);
  await delay(world.pace.step);
  disconnect(world, instance);
  instance.status = 'TERMINATED';
  unlimit(instance);
}

/** A limit holds until the next stop: cloud.google.com/sdk/gcloud/reference/compute/instances/create, "--max-run-duration". */
function unlimit(instance: Thing): void {
  const { maxRunDuration: _, instanceTerminationAction, ...rest } = instance.scheduling as Scheduling;
  instance.scheduling = rest.provisioningModel === 'SPOT' ? { ...rest, instanceTerminationAction } : rest;
}

type Scheduling = NonNullable<InstanceBody['scheduling']>;

function setScheduling(ask: Ask): object {
  const { world, url, body } = ask;
  const target = url.replace(/\/\w+$/, '');
  const instance = world.get(target);
  if (instance.status !== 'TERMINATED') throw invalid('Scheduling can be set only on a stopped instance.');
  checkScheduling(body as Scheduling);
  return change(ask, 'setScheduling', target, async () => {
    await delay(world.pace.step);
    instance.scheduling = body;
  });
}

async function suspend({ world }: Ask, instance: Thing): Promise<void> {
  instance.status = 'SUSPENDING';
  await delay(world.pace.step);
  disconnect(world, instance);
  instance.status = 'SUSPENDED';
}

export function disconnect(world: World, instance: Thing): void {
  const config = cards(instance)[0]?.accessConfigs?.[0];
  const isStatic = world.all(/\/addresses\/[^/]+$/).some(({ address }) => address === config?.natIP);
  if (config && !isStatic) delete config.natIP;
  delete instance.natIP;
}

function power(ask: Ask, type: string, from: readonly string[], work: (instance: Thing) => Promise<void>): object {
  const { world, url } = ask;
  const target = url.replace(/\/[a-z]+$/i, '');
  const instance = world.get(target);
  const busy = world.underWay().some((each) => each.targetLink === instance.selfLink);
  if (!busy && !from.includes(String(instance.status))) {
    throw invalid(`Invalid state (${instance.status}) of '${target}' for ${type}.`);
  }
  return change(ask, type, target, () => work(instance));
}

function remove(ask: Ask): object {
  const { world, place, url } = ask;
  const instance = world.get(url);
  return change(ask, 'delete', url, async () => {
    instance.status = 'STOPPING';
    await forget(place, instance);
    await delay(world.pace.step);
    disconnect(world, instance);
    release(world, instance);
    world.hide(url);
  });
}

/** Disks that shall not go with the instance stay; addresses are free again. */
export function release(world: World, instance: Thing): void {
  for (const { source, autoDelete } of instance.disks as { source: string; autoDelete?: boolean }[]) {
    const path = source.slice(world.root.length);
    if (autoDelete) world.hide(path);
    else delete world.get(path).users;
  }
  for (const address of world.all(/\/addresses\/[^/]+$/)) {
    if ((address.users as string[] | undefined)?.includes(instance.selfLink)) {
      Object.assign(address, { status: 'RESERVED' });
      delete address.users;
    }
  }
}

function removeDisk(ask: Ask): object {
  const { users } = ask.world.get(ask.url) as { users?: string[] };
  if (!users?.[0]) return gone(ask);
  const message = `The disk resource '${ask.url}' is already being used by '${users[0].slice(ask.world.root.length)}'`;
  throw new Refusal(400, 'resourceInUseByAnotherResource', message);
}

function console(ask: Ask): object {
  const { name } = ask.world.get(ask.url.replace(/\/serialPort$/, ''));
  const contents = `[    0.000000] Linux\n${name} login: `;
  return {
    kind: 'compute#serialPortOutput',
    selfLink: ask.world.root + ask.url,
    contents,
    start: '0',
    next: String(contents.length),
  };
}

/** Replaces a field whose present fingerprint must be told. */
function set(ask: Ask, field: string, fingerprint: string, type: string): object {
  const { world, url, body } = ask;
  const target = url.replace(/\/\w+$/, '');
  const instance = world.get(target);
  const present =
    field === 'labels' ? instance.labelFingerprint : (instance[field] as { fingerprint: string }).fingerprint;
  if (body[fingerprint] !== present) throw new Refusal(412, 'conditionNotMet', `${field} fingerprint is stale.`);
  return change(ask, type, target, async () => {
    await delay(world.pace.step);
    if (field === 'labels') Object.assign(instance, { labels: body.labels, labelFingerprint: newFingerprint() });
    else Object.assign(instance, { [field]: { ...body, fingerprint: newFingerprint() } });
  });
}
