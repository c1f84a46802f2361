export type Architecture = 'X86_64' | 'ARM64';

/** The series with Arm processors, for a type that does not tell; cloud.google.com/compute/docs/instances/arm-on-compute */
const ARM = ['t2a', 'c4a', 'n4a', 'a4x'];

/** Those that boot from Hyperdisk only; cloud.google.com/compute/docs/disks/hyperdisks, "Machine type support". */
const HYPERDISK = ['c4', 'c4a', 'c4d', 'n4', 'n4a', 'n4d', 'h4d', 'm4', 'x4', 'a4', 'a4x'];

/** "n2d-standard-2" is of the series "n2d". */
export function seriesOf(type: string): string {
  return type.split('-')[0] ?? type;
}

export function architectureOf(type: { name?: string | null; architecture?: string | null }): Architecture {
  if (type.architecture === 'ARM64' || type.architecture === 'X86_64') return type.architecture;
  return ARM.includes(seriesOf(type.name ?? '')) ? 'ARM64' : 'X86_64';
}

/** The type of disk that every type of the series can boot from. */
export function usualDisk(type: string): string {
  return HYPERDISK.includes(seriesOf(type)) ? 'hyperdisk-balanced' : 'pd-balanced';
}
