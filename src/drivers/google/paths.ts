import { SlipwayError } from '../../errors.ts';

/** Where something is kept, as its URL says below ".../compute/v1/". Ids of parts are written so. */
export interface Path {
  readonly project: string;
  /** Where it is in one. */
  readonly zone?: string;
  readonly region?: string;
  /** "instances". */
  readonly collection: string;
  readonly name: string;
}

const FORM = /^projects\/([^/]+)\/(?:global|zones\/([^/]+)|regions\/([^/]+))\/([A-Za-z]+)\/([^/]+)$/;

export function formatPath({ project, zone, region, collection, name }: Path): string {
  const scope = zone !== undefined ? `zones/${zone}` : region !== undefined ? `regions/${region}` : 'global';
  return `projects/${project}/${scope}/${collection}/${name}`;
}

/** Of a URL or what comes after ".../compute/v1/". @throws SlipwayError `bad-input` */
export function parsePath(text: string): Path {
  const [, project, zone, region, collection, name] =
    FORM.exec(text.replace(/^https?:\/\/.*?\/(?=projects\/)/, '')) ?? [];
  if (project === undefined || collection === undefined || name === undefined) {
    throw new SlipwayError('bad-input', `"${text}" does not say where something is kept at Google`);
  }
  return {
    project,
    ...(zone === undefined ? {} : { zone }),
    ...(region === undefined ? {} : { region }),
    collection,
    name,
  };
}

/** The last word of a URL: what it names. */
export function lastOf(url: string | null | undefined): string {
  return url?.split('/').at(-1) ?? '';
}

/** "default", "projects/p/global/networks/n", "global/networks/n", or a URL. @throws SlipwayError `bad-input` */
export function networkPath(given: string, project: string): string {
  return named(given, project, 'networks', 'global', /^[a-z][-a-z0-9]*$/);
}

/** As `networkPath`, for "projects/p/regions/r/subnetworks/s". @throws SlipwayError `bad-input` */
export function subnetworkPath(given: string, project: string, region: string): string {
  const path = named(given, project, 'subnetworks', `regions/${region}`, /^[a-z][-a-z0-9]*$/);
  if (parsePath(path).region === region) return path;
  throw new SlipwayError('bad-input', `The subnetwork "${given}" is not in the region "${region}" of the zone`);
}

function named(given: string, project: string, collection: string, scope: string, name: RegExp): string {
  if (name.test(given)) return `projects/${project}/${scope}/${collection}/${given}`;
  const path = parsePath(/^(global|regions)\//.test(given) ? `projects/${project}/${given}` : given);
  if (path.collection === collection) return formatPath(path);
  throw new SlipwayError('bad-input', `"${given}" is none of Google's ${collection}`);
}
