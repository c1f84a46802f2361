import { createHash, generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type Forge from 'node-forge';
import { SlipwayError } from '../errors.ts';
import { checkPair } from './check.ts';
import { altName } from './names.ts';
import type { Pair } from './pair.ts';
import { type Issuer, issuerOf, sealed } from './signature.ts';

/** A certificate authority for ten years. */
export async function createAuthority(name: string, now = new Date()): Promise<Pair> {
  const forge = await loadForge();
  const { publicKey, privateKey } = await newKey();
  const extensions = [
    { name: 'basicConstraints', critical: true, cA: true },
    { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
  ];
  const cert = draft(forge, publicKey, { name, extensions, notBefore: before(now), notAfter: later(now, 3652) });
  return { cert: sealed(forge, cert, publicKey, { key: privateKey }), key: pem(privateKey) };
}

/** A certificate with which clients show who they are. As for servers: 397 days, or as long as the authority lasts. */
export async function createClient(authority: Pair, name: string, now = new Date()): Promise<Pair> {
  return createLeaf(authority, name, [{ name: 'extKeyUsage', clientAuth: true }], now);
}

/**
 * A certificate for a server that is reached under these addresses and DNS names.
 * @throws SlipwayError `bad-input` when a name is neither, or there is none
 */
export async function createServer(authority: Pair, names: readonly string[], now = new Date()): Promise<Pair> {
  if (names[0] === undefined) throw new SlipwayError('bad-input', 'A server needs a name or an address');
  const altNames = names
    .map(altName)
    .map((alt) => ('ip' in alt ? { type: 7, ip: alt.ip } : { type: 2, value: alt.dns }));
  const extensions = [
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames },
  ];
  return createLeaf(authority, names[0], extensions, now);
}

/** Apple's limit is 398 days for servers; a day less leaves room for leap seconds and time zones. */
const LEAF_DAYS = 397;

/** Clocks of hosts that have just booted may be a little behind. */
const CLOCK_SKEW = 5 * 60_000;

/** RFC 5280 appendix A.1, ub-common-name. Nothing reads the name of a server here: the alternative names count. */
const LONGEST_COMMON_NAME = 64;

interface Draft {
  name: string;
  extensions: object[];
  notBefore: Date;
  notAfter: Date;
}

async function createLeaf(authority: Pair, name: string, purpose: object[], now: Date): Promise<Pair> {
  checkPair(authority);
  const forge = await loadForge();
  const issuer = issuerOf(forge, authority);
  const notAfter = leafEnd(issuer, now);
  const { publicKey, privateKey } = await newKey();
  const extensions = [
    { name: 'basicConstraints', critical: true, cA: false },
    { name: 'keyUsage', critical: true, digitalSignature: true },
    ...purpose,
    ...(issuer.keyId === undefined ? [] : [{ name: 'authorityKeyIdentifier', keyIdentifier: issuer.keyId }]),
  ];
  const cert = draft(forge, publicKey, { name, extensions, notBefore: before(now), notAfter });
  return { cert: sealed(forge, cert, publicKey, issuer), key: pem(privateKey) };
}

function draft(forge: typeof Forge, publicKey: KeyObject, { name, extensions, notBefore, notAfter }: Draft) {
  const cert = forge.pki.createCertificate();
  const valueTagClass = forge.asn1.Type.UTF8 as unknown as Forge.asn1.Class;
  const subject = [{ name: 'commonName', value: name.slice(0, LONGEST_COMMON_NAME), valueTagClass }];
  cert.publicKey = standIn(forge);
  cert.serialNumber = newSerial();
  cert.validity = { notBefore, notAfter };
  cert.setSubject(subject);
  cert.setIssuer(subject);
  cert.setExtensions([...extensions, keyIdentifier(forge, publicKey)]);
  return cert;
}

/** Forge knows no public keys but RSA's: `sealed` puts the real one in the place of this. */
function standIn(forge: typeof Forge): Forge.pki.rsa.PublicKey {
  const one = new forge.jsbn.BigInteger('1');
  return forge.pki.setRsaPublicKey(one, one);
}

/** RFC 7093, section 2, method 4: any hash of the key will do, as long as nobody else's has it. */
function keyIdentifier(forge: typeof Forge, publicKey: KeyObject): object {
  const { Class, Type, create } = forge.asn1;
  const hash = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
  const value = create(Class.UNIVERSAL, Type.OCTETSTRING, false, hash.subarray(0, 20).toString('latin1'));
  return { name: 'subjectKeyIdentifier', value };
}

function leafEnd(issuer: Issuer, now: Date): Date {
  const wanted = later(now, LEAF_DAYS);
  if (issuer.notAfter === undefined || issuer.notAfter > wanted) return wanted;
  if (issuer.notAfter > now) return issuer.notAfter;
  throw new SlipwayError('failed', `The authority ran out on "${issuer.notAfter.toISOString().slice(0, 10)}"`, {
    hint: 'Make a new one: slipway regenerate-certs --authority',
  });
}

/** 128 bits, of which the first two are fixed: so the number is positive and always as long (RFC 5280 section 4.1.2.2). */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes.readUInt8(0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

/** As strong as RSA of 3072 bits, and made in no time. */
async function newKey() {
  return promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

async function loadForge(): Promise<typeof Forge> {
  return (await import('node-forge')).default;
}

function before(now: Date): Date {
  return new Date(now.getTime() - CLOCK_SKEW);
}

function later(now: Date, days: number): Date {
  return new Date(now.getTime() + days * 24 * 3600_000);
}
