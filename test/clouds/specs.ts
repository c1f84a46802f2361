import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * A vendor's own definition of its API ("azure/arm-compute.mappers.json"), parsed. Requests are checked against it, so a
 * test without it proves nothing: it fails.
 */
export function spec(file: string): unknown {
  const folder = process.env.SLIPWAY_API_SPECS;
  if (!folder) throw new Error('SLIPWAY_API_SPECS names no folder with the definitions: script/specs fetches them');
  return JSON.parse(readFileSync(join(resolve(folder), file), 'utf8'));
}
