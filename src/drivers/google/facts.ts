import type { compute_v1 } from '@googleapis/compute/build/v1.js';
import { SlipwayError } from '../../errors.ts';
import { type Architecture, architectureOf } from './architecture.ts';
import type { Google } from './client.ts';
import { ifThere } from './failures.ts';
import { describeImage, familyOf, type ImageName } from './images.ts';
import { byFamily, near } from './near.ts';
import type { Settings } from './settings.ts';

/** What Google tells about the type and the image that were asked for. */
export interface Facts {
  readonly type: compute_v1.Schema$MachineType;
  readonly image: compute_v1.Schema$Image;
}

/** @throws SlipwayError `bad-input` with what there is near the one that there is not */
export async function factsOf(google: Google, settings: Settings): Promise<Facts> {
  const type = await typeOf(google, settings);
  const image = await imageOf(google, settings.image, architectureOf(type));
  return { type, image };
}

async function typeOf(google: Google, { project, zone, type }: Settings): Promise<Facts['type']> {
  const where = { project, zone };
  const found = await ifThere(
    google.known(`type ${zone} ${type}`, ({ machineTypes }, o) => machineTypes.get({ ...where, machineType: type }, o)),
  );
  if (found) return found;
  const listed = google.ask(({ machineTypes }, o) => machineTypes.list({ ...where, fields: 'items/name' }, o));
  throw new SlipwayError('bad-input', `The zone "${zone}" has no machine type "${type}"`, await near(type, listed));
}

async function imageOf(google: Google, image: ImageName, architecture: Architecture): Promise<Facts['image']> {
  const found = await ifThere(askForImage(google, image, architecture));
  if (found === undefined) throw await noImage(google, image, architecture);
  if ((found.architecture ?? architecture) === architecture) return found;
  throw new SlipwayError(
    'bad-input',
    `The image "${found.name}" is for ${found.architecture}, the type for ${architecture}`,
    {
      hint: 'Name a family for the processor of the machine type: they end in "-amd64" or "-arm64".',
    },
  );
}

function askForImage(google: Google, image: ImageName, architecture: Architecture): Promise<Facts['image']> {
  const { project } = image;
  return google.known(`image ${describeImage(image, architecture)}`, ({ images }, options) =>
    'name' in image
      ? images.get({ project, image: image.name }, options)
      : images.getFromFamily({ project, family: familyOf(image, architecture) }, options),
  );
}

async function noImage(google: Google, image: ImageName, architecture: Architecture): Promise<SlipwayError> {
  const { project } = image;
  const fields = 'items(name,family)';
  const listed = google.ask(({ images }, options) => images.list({ project, fields }, options));
  const hint =
    'name' in image ? await near(image.name, listed) : await near(familyOf(image, architecture), listed, byFamily);
  return new SlipwayError('bad-input', `There is no image "${describeImage(image, architecture)}"`, hint);
}
