import { isIP, isIPv4 } from 'node:net';
import { domainToASCII } from 'node:url';
import { SlipwayError } from '../errors.ts';

/** What a certificate is for: an address or a DNS name, each in the one way of writing it that certificates use. */
export type AltName = { readonly ip: string } | { readonly dns: string };

/**
 * Reads "192.0.2.1", "::1", "fe80::1%eth0" (the zone is of no use to others and left out), "dev.example", "bücher.example".
 * @throws SlipwayError `bad-input` for what is neither an address nor a name that DNS could hold
 */
export function altName(name: string): AltName {
  const address = name.replace(/%.*$/, '');
  if (isIP(address) !== 0) return { ip: canonicalAddress(address) };
  const dns = domainToASCII(name);
  if (!DNS_NAME.test(dns) || dns.length > LONGEST_NAME) {
    throw new SlipwayError('bad-input', `A certificate cannot be for "${name}"`, {
      hint: 'Give an IP address or a host name.',
    });
  }
  return { dns };
}

/** "0:0:0:0:0:0:0:1" becomes "::1". */
export function canonicalAddress(address: string): string {
  return isIPv4(address) ? address : new URL(`http://[${address}]`).hostname.slice(1, -1);
}

/** RFC 1035 section 2.3.4. */
const LONGEST_NAME = 253;

/** Labels of at most 63 characters; the first may be a wildcard (RFC 6125 section 6.4.3). The underscore is common in practice. */
const DNS_NAME = /^(\*\.)?[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*$/;
