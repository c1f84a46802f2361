import { type Checker, type Definitions, newChecker } from '../openapi.ts';
import { spec } from '../specs.ts';

/** DigitalOcean's definition, but for a word that its YAML takes for something else. */
export function checker(): Checker {
  return newChecker(mended(spec('digitalocean/v2.openapi.json')) as Definitions);
}

/** `off`, a droplet's status, is false in YAML. And operations of actions end with any of them, not just with one. */
function mended(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mended);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      key === 'enum' && Array.isArray(each) ? each.map((one) => (one === false ? 'off' : one)) : mended(each),
    ]),
  );
}
