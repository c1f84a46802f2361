import amazonec2 from './amazonec2.ts';
import azure from './azure.ts';
import digitalocean from './digitalocean.ts';
import generic from './generic.ts';
import google from './google.ts';
import type { OldDriver } from './old-driver.ts';
import openstack from './openstack.ts';
import softlayer from './softlayer.ts';
import vmwarevsphere from './vmwarevsphere.ts';

export { type Login, type OldDriver, valueAt } from './old-driver.ts';

/** By docker-machine's names. */
export const oldDrivers: Readonly<Record<string, OldDriver>> = {
  generic,
  amazonec2,
  digitalocean,
  google,
  azure,
  openstack,
  softlayer,
  vmwarevsphere,
};

/** Ours of docker-machine's name of a driver. */
export function oursFor(name: string): string {
  return (Object.hasOwn(oldDrivers, name) ? oldDrivers[name]?.ours : undefined) ?? name;
}

/** docker-machine's name of a driver of ours. */
export function oldNameOf(driver: string): string {
  return Object.keys(oldDrivers).find((name) => oldDrivers[name]?.ours === driver) ?? driver;
}
