import { randomUUID } from 'node:crypto';
import type { compute_v1 } from '@googleapis/compute/build/v1.js';
import { SlipwayError } from '../../errors.ts';
import type { Made } from '../driver.ts';
import { changing } from '../labels.ts';
import type { Compute, Options } from './client.ts';
import { ifThere } from './failures.ts';
import { redescribe } from './firewall.ts';
import { instanceNow, instancePath } from './instance.ts';
import { finished, type Operation } from './operations.ts';
import type { Place } from './place.ts';
import { schedulingOf } from './scheduling.ts';
import { stateFrom } from './state.ts';

type Labelled = Pick<compute_v1.Schema$Instance, 'labels' | 'labelFingerprint'>;

/**
 * The end by which Google goes is told to it with the next start.
 * @throws SlipwayError `unsupported` for one that runs: Google deletes it at the old end, whatever it is told
 */
export async function mayExtend(place: Place, made: Made): Promise<void> {
  const instance = await instanceNow(place, made);
  if (instance && stateFrom(instance.status) !== 'Stopped') throw cannotExtend(place.site.machine);
}

/** Writes the labels that may change on the parts of the machine. */
export async function relabel(place: Place, made: Made): Promise<void> {
  await redescribe(place, made);
  const path = instancePath(place, made);
  const instance = await instanceNow(place, made);
  if (!path || !instance) return;
  const which = { project: path.project, zone: path.zone ?? '' };
  const disk = await ifThere(
    place.google.ask(({ disks }, options) => disks.get({ ...which, disk: path.name }, options)),
  );
  await mark(place, instance, ({ instances }, requestBody, options) =>
    instances.setLabels({ ...which, instance: path.name, requestId: randomUUID(), requestBody }, options),
  );
  await mark(place, disk, ({ disks }, requestBody, options) =>
    disks.setLabels({ ...which, resource: path.name, requestId: randomUUID(), requestBody }, options),
  );
}

/** Tells Google how much time is left to a machine that is about to be started: it forgets that when one is stopped. */
export async function schedule(place: Place, made: Made): Promise<void> {
  const path = instancePath(place, made);
  if (place.site.lifetime?.ends === undefined || !path) return;
  const which = { project: path.project, zone: path.zone ?? '', instance: path.name, requestId: randomUUID() };
  const operation = await place.google.ask(({ instances }, options) =>
    instances.setScheduling({ ...which, requestBody: schedulingOf(place) }, options),
  );
  await finished(place.google, path.project, operation, `the end of "${place.site.machine}" at Google`);
}

type SetLabels = (
  compute: Compute,
  labels: { labels: Record<string, string>; labelFingerprint: string },
  options: Options,
) => Promise<{ data: Operation }>;

/** Google takes labels only as a whole, from who knows those that are there. */
async function mark(place: Place, thing: Labelled | undefined, ask: SetLabels): Promise<void> {
  const changes = changing(place.site.labels);
  if (!thing || Object.keys(changes).length === 0) return;
  const labels = { ...thing.labels, ...changes };
  const body = { labels, labelFingerprint: thing.labelFingerprint ?? '' };
  const operation = await place.google.ask((compute, options) => ask(compute, body, options));
  await finished(place.google, place.settings.project, operation, `the labels of "${place.site.machine}" at Google`);
}

function cannotExtend(name: string): SlipwayError {
  const sentence = `Google deletes "${name}" at the end that it was started with, and takes another only while it is stopped`;
  return new SlipwayError('unsupported', sentence, {
    hint: `slipway stop ${name}, slipway extend ${name} TIME, slipway start ${name}`,
  });
}
