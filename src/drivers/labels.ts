import type { Labels } from './driver.ts';

/**
 * What a key tells of whose it is, for a part that has lost its labels or cannot bear any: its name is its key, made by
 * machine/parts.ts. What machines share tells its store only. Undefined for what is no key.
 */
export function labelsInKey(key: string): Labels | undefined {
  const [, store, rest] = /^slipway-([0-9a-f]{8})-([a-z0-9-]+)$/.exec(key) ?? [];
  if (store === undefined || rest === undefined) return undefined;
  const [, machine] = /^(.{1,36})-[0-9a-f]{8}$/.exec(rest) ?? [];
  const own: Labels = machine === undefined ? {} : { 'slipway-machine': machine };
  return { 'slipway-store': store, ...own, 'slipway-key': key };
}

/** Those that may change while the machine lives. */
export function changing(labels: Labels): Labels {
  return only(labels, ['slipway-expires', 'slipway-protected']);
}

/** What machines share belongs to none of them, and does not end with one. */
export function labelsOfShared(labels: Labels): Labels {
  return only(labels, ['slipway-store', 'slipway-created', 'slipway-run']);
}

function only(labels: Labels, names: readonly string[]): Labels {
  return Object.fromEntries(names.flatMap((name) => (labels[name] === undefined ? [] : [[name, labels[name]]])));
}
