import { readFileSync } from 'node:fs';

let version = '';

/** Reads Slipway's version once. @param manifest the path of its package.json */
export function readVersion(manifest: string): void {
  version = JSON.parse(readFileSync(manifest, 'utf8')).version;
}

export function versionNumber(): string {
  return version;
}

/** With the words that scripts look for in it. */
export function versionLine(): string {
  return `docker-machine version ${version}, build slipway`;
}
