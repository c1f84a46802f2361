import { isIPv4 } from 'node:net';

/** A network in CIDR notation as EC2 keeps it: no bits beside its size, IPv6 shortened. */
export function canonical(network: string): string {
  const [address = '', size = ''] = network.split('/');
  const groups = isIPv4(address) ? bytesOf(address) : wordsOf(address);
  const bits = isIPv4(address) ? 8 : 16;
  const masked = groups.map((group, at) => group & mask(bits, Number(size) - at * bits));
  if (isIPv4(address)) return `${masked.join('.')}/${size}`;
  return `${shortened(masked.map((word) => word.toString(16)).join(':'))}/${size}`;
}

/** With the first `kept` of its bits set, but not more than it has. */
function mask(bits: number, kept: number): number {
  const all = 2 ** bits - 1;
  return all & ~(2 ** (bits - Math.min(Math.max(kept, 0), bits)) - 1);
}

function bytesOf(address: string): number[] {
  return address.split('.').map(Number);
}

/** The eight words of an IPv6 address. */
function wordsOf(address: string): number[] {
  const [head = '', tail] = shortened(address).split('::');
  const words = (text: string) => (text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16)));
  if (tail === undefined) return words(head);
  const [before, after] = [words(head), words(tail)];
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

/** As RFC 5952 wants it: what the host of a URL is turned into. */
function shortened(address: string): string {
  return new URL(`http://[${address}]/`).hostname.slice(1, -1);
}
