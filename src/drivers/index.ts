import { type ErrorCode, SlipwayError } from '../errors.ts';
import type { DriverModule } from './driver.ts';

/** Each is loaded on first use, with whatever it needs: a command that talks to one place loads no other. */
const modules = {
  qemu: () => import('./qemu/index.ts'),
  generic: () => import('./generic.ts'),
  amazonec2: () => import('./amazonec2/index.ts'),
  azure: () => import('./azure/index.ts'),
  google: () => import('./google/index.ts'),
  hetzner: () => import('./hetzner/index.ts'),
  digitalocean: () => import('./digitalocean/index.ts'),
  ibm: () => import('./ibm/index.ts'),
  vsphere: () => import('./vsphere/index.ts'),
  softlayer: () => import('./softlayer/index.ts'),
  openstack: () => import('./openstack/index.ts'),
} satisfies DriverTable;

type Load = () => Promise<{ default: DriverModule }>;

/** Drivers by their names, as the table above: from other packages. */
export type DriverTable = Readonly<Record<string, Load>>;

/** So that flags.ts leaves none out. */
export type DriverName = keyof typeof modules;

/** Shorter and older names of drivers, by which they may be chosen. */
export const shortNames: Readonly<Record<string, string>> = {
  aws: 'amazonec2',
  gcp: 'google',
  vmwarevsphere: 'vsphere',
};

/** docker-machine's own drivers that we have not. */
export const formerNames: readonly string[] = [
  'exoscale',
  'hyperv',
  'none',
  'rackspace',
  'virtualbox',
  'vmwarefusion',
  'vmwarevcloudair',
];

/** The name that stands in records, for a driver's own name or a shorter one. */
export function driverName(name: string): string {
  return Object.hasOwn(shortNames, name) ? (shortNames[name] as string) : name;
}

/** The names of our own drivers, the default first. */
export const driverNames: readonly string[] = Object.keys(modules);

/** The names of all drivers. Where another package has one of a name of ours, ours is meant. */
export function namesWith(others: DriverTable = {}): string[] {
  return [...new Set([...driverNames, ...Object.keys(others)])];
}

/** @throws SlipwayError `not-found` with the names that there are */
export async function driverModule(name: string, others?: DriverTable): Promise<DriverModule> {
  const all: DriverTable = { ...others, ...modules };
  const load = Object.hasOwn(all, driverName(name)) ? all[driverName(name)] : undefined;
  if (load) return (await load()).default;
  throw formerNames.includes(name) ? noDriverHere(name) : noDriver('not-found', name, others);
}

/** The error for a name that no driver has. */
export function noDriver(code: ErrorCode, name: string, others?: DriverTable): SlipwayError {
  const names = [...namesWith(others), ...Object.keys(shortNames)];
  return new SlipwayError(code, `There is no driver "${name}"`, {
    hint: `There are: ${names.join(', ')}`,
  });
}

function noDriverHere(name: string): SlipwayError {
  return new SlipwayError('not-found', `There is no driver "${name}" here: its machines were docker-machine's alone`, {
    hint: 'They can be listed, and be forgotten with rm --force; remove what they are where it runs.',
  });
}
