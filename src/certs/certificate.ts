import { X509Certificate } from 'node:crypto';
import { SlipwayError } from '../errors.ts';
import { altName, canonicalAddress } from './names.ts';
import { runsOutAt } from './validity.ts';

/** What there is to know about a certificate. */
export interface Certificate {
  /** "CN=dev, O=Example". */
  subject: string;
  issuer: string;
  /** Hexadecimal, upper case. */
  serial: string;
  notBefore: Date;
  notAfter: Date;
  /** The DNS names and addresses that it is for. */
  names: string[];
  /** SHA-256, as openssl writes it: "AB:CD:…". */
  fingerprint: string;
  isAuthority: boolean;
}

/** A certificate is renewed when it has fewer days left than this. */
export const RENEW_BEFORE_DAYS = 30;

/**
 * Reads a PEM certificate; of several, the first.
 * @throws SlipwayError `broken`
 */
export function describe(cert: string): Certificate {
  const x509 = read(cert);
  return {
    subject: oneLine(x509.subject),
    issuer: oneLine(x509.issuer),
    serial: x509.serialNumber,
    notBefore: x509.validFromDate,
    notAfter: x509.validToDate,
    names: namesIn(x509.subjectAltName ?? ''),
    fingerprint: x509.fingerprint256,
    isAuthority: x509.ca,
  };
}

/** Whether the certificate has run out or soon will. */
export function needsRenewal(cert: string, now = new Date()): boolean {
  const end = runsOutAt(cert) ?? read(cert).validToDate;
  return end.getTime() - now.getTime() < RENEW_BEFORE_DAYS * 24 * 3600_000;
}

/** Whether the certificate names every one of these, itself and not by a wildcard. */
export function covers(cert: string, names: readonly string[]): boolean {
  const x509 = read(cert);
  return names.map(altName).every((alt) => {
    if ('ip' in alt) return x509.checkIP(alt.ip) !== undefined;
    return x509.checkHost(alt.dns, { subject: 'never', wildcards: false }) !== undefined;
  });
}

/** Whether the key of this authority signed the certificate. Says nothing about dates. */
export function signedBy(cert: string, authorityCert: string): boolean {
  const authority = read(authorityCert);
  const x509 = read(cert);
  return x509.checkIssued(authority) && x509.verify(authority.publicKey);
}

function read(cert: string): X509Certificate {
  try {
    return new X509Certificate(cert);
  } catch (error) {
    throw new SlipwayError('broken', 'This is not a certificate in PEM form', { cause: error });
  }
}

/** Node gives one part of the name a line; undefined where the name is empty. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}

/** Node's form: `DNS:dev, IP Address:192.0.2.1`, a value with a comma or quote as a JSON string. */
function namesIn(altNames: string): string[] {
  const found = altNames.matchAll(/(?:^|, )(DNS|IP Address):("(?:[^"\\]|\\.)*"|[^,]*)/g);
  return [...found].map(([, kind, value = '']) => {
    const name = value.startsWith('"') ? String(JSON.parse(value)) : value;
    return kind === 'DNS' ? name : canonicalAddress(name);
  });
}
