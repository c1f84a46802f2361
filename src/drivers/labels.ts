import type { Labels } from './driver.ts';

/**
 * What a key tells of whose it is, for a part that has lost its labels or cannot bear any: its name is its key, made by
 * machine/parts.ts. Undefined for what is no key of one machine's part.
 */
export function labelsInKey(key: string): Labels | undefined {
  const [, store, machine] = /^slipway-([0-9a-f]{8})-([a-z0-9-]{1,36})-[0-9a-f]{8}$/.exec(key) ?? [];
  if (store === undefined || machine === undefined) return undefined;
  return { 'slipway-store': store, 'slipway-machine': machine, 'slipway-key': key };
}

/** What machines share belongs to none of them, and does not end with one. */
export function labelsOfShared(labels: Labels): Labels {
  const kept = ['slipway-store', 'slipway-created', 'slipway-run'];
  return Object.fromEntries(kept.flatMap((name) => (labels[name] === undefined ? [] : [[name, labels[name]]])));
}
