import { basename } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import type { Facts, FromImage } from './facts.ts';
import { completed, givenUp, granted } from './lease.ts';
import type { Place } from './place.ts';
import type { Server } from './server.ts';
import { importWords, notesFor } from './spec.ts';
import { upload } from './upload.ts';
import { all, at, type Ref, refOf, refXml, textAt, type Xml, xml } from './xml.ts';

/**
 * Makes a machine, that is off, of an image: vSphere says what it will send where, makes the machine under a lease, and takes the
 * disks. The machine has its labels from its first moment.
 * @throws SlipwayError; then the lease was given up, and vSphere removes what it has made
 */
export async function imported(place: Place, facts: Facts, source: FromImage, key: string): Promise<Ref> {
  const { vsphere } = place;
  const plan = await planned(place, facts, source, key);
  const words = importWords(plan.spec, notesFor(place, key), facts);
  const [given] = await vsphere.call('ImportVApp', facts.pool, words, { repeatable: true });
  if (given === undefined) throw new SlipwayError('refused', 'vSphere does not say how to send the image');
  const lease = refOf(given);
  try {
    const info = await granted(vsphere, lease);
    await filled(place, source, lease, jobsOf(place, info, plan.files));
    await completed(vsphere, lease);
    return refOf(at(info, 'entity') as Xml);
  } catch (error) {
    await givenUp(place, lease);
    throw error;
  }
}

interface Planned {
  readonly spec: Xml;
  /** OvfFileItem. */
  readonly files: readonly Xml[];
}

async function planned({ vsphere }: Place, facts: Facts, source: FromImage, key: string): Promise<Planned> {
  const { image, path, datastore, networks } = source;
  const manner = xml('cisp', [
    xml('locale', ''),
    xml('deploymentOption', ''),
    xml('entityName', key),
    ...networks.map(([name, network]) => xml('networkMapping', [xml('name', name), refXml('network', network)])),
    xml('diskProvisioning', 'thin'),
  ]);
  const words = [
    xml('ovfDescriptor', image.descriptor),
    refXml('resourcePool', facts.pool),
    refXml('datastore', datastore.ref),
    manner,
  ];
  const [found] = await vsphere.call('CreateImportSpec', await vsphere.service('ovfManager'), words);
  const [wrong] = all(found, 'error').map((each) => textAt(each, 'localizedMessage'));
  const spec = at(found, 'importSpec');
  if (wrong === undefined && spec && at(spec, 'configSpec')) return { spec, files: all(found, 'fileItem') };
  const why = wrong ?? 'it is more than one machine';
  throw new SlipwayError('bad-input', `vSphere makes no machine of "${basename(path)}": ${why}`);
}

/** One file that is to be sent. */
interface Job {
  /** Its name in the image. */
  readonly name: string;
  readonly url: URL;
  readonly server: Server;
  readonly method: 'PUT' | 'POST';
}

function jobsOf({ settings: { server } }: Place, info: Xml, files: readonly Xml[]): Job[] {
  const targets = new Map(all(info, 'deviceUrl').map((each) => [textAt(each, 'importKey'), each]));
  return files.map((file) => {
    const target = targets.get(textAt(file, 'deviceId'));
    if (target === undefined)
      throw new SlipwayError('refused', `vSphere does not say where "${textAt(file, 'path')}" goes`);
    return {
      name: textAt(file, 'path'),
      method: textAt(file, 'create') === 'true' ? 'PUT' : 'POST',
      ...whereTo(server, textAt(target, 'url'), textAt(target, 'sslThumbprint')),
    };
  });
}

/** An ESXi says "*" for itself; a vCenter names its host, whose certificate it vouches for by its thumbprint. */
function whereTo(server: Server, address: string, shown: string): Pick<Job, 'url' | 'server'> {
  const url = new URL(address.replace('//*/', `//${server.host}:${server.port}/`));
  if (url.hostname === server.host) return { url, server };
  const thumbprint = shown.replaceAll(':', '').toUpperCase();
  const port = Number(url.port) || 443;
  const { caFile } = server;
  const known = thumbprint === '' ? (caFile === undefined ? {} : { caFile }) : { thumbprint };
  return { url, server: { host: url.hostname, port, ...known } };
}

/** A lease of which nothing is heard ends, after some minutes; in milliseconds. */
const ALIVE_EVERY = 10_000;

async function filled({ vsphere, site }: Place, source: FromImage, lease: Ref, jobs: readonly Job[]): Promise<void> {
  const wanted = new Map(jobs.map((job) => [job.name, job]));
  const sent = progressOf(source, site.note);
  const alive = () =>
    vsphere
      .call('HttpNfcLeaseProgress', lease, [xml('percent', sent.percent())], { repeatable: true })
      .catch(() => undefined); // what has ended takes no files, and says so there
  const timer = setInterval(alive, ALIVE_EVERY);
  try {
    for await (const file of source.image.files()) {
      const job = wanted.get(file.name);
      if (job === undefined) continue;
      await alive();
      await upload(file, { ...job, heard: sent.heard, signal: vsphere.signal });
      wanted.delete(file.name);
    }
  } finally {
    clearInterval(timer);
  }
  const [missing] = wanted.keys();
  if (missing !== undefined) throw new SlipwayError('bad-input', `"${basename(source.path)}" has no "${missing}"`);
}

const NOTE_EVERY = 5_000;
const MEGA = 1_000_000;

/** What is told of what was sent: to the person now and then, to vSphere when it is asked. */
function progressOf({ path, image }: FromImage, note: (sentence: string) => void) {
  let done = 0;
  let told = performance.now();
  return {
    percent: () => Math.min(99, Math.floor((100 * done) / Math.max(1, image.size))),
    heard(bytes: number) {
      done += bytes;
      if (performance.now() - told < NOTE_EVERY) return;
      told = performance.now();
      note(`Sent ${Math.round(done / MEGA)} of ${Math.round(image.size / MEGA)} MB of "${basename(path)}" to vSphere`);
    },
  };
}
