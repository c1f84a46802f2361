import { createPrivateKey, type KeyObject, sign, X509Certificate } from 'node:crypto';
import type Forge from 'node-forge';
import { SlipwayError } from '../errors.ts';
import type { Pair } from './pair.ts';

type Node = Forge.asn1.Asn1;

/** Who signs: the key, and how the certificates that it signed refer to it. Without a name: its own, self-signed. */
export interface Issuer {
  readonly key: KeyObject;
  /** Its subject, as it stands in its certificate. */
  readonly name?: Node;
  /** Its subject key identifier, as a string of bytes; undefined where its certificate has none. */
  readonly keyId?: string | undefined;
  readonly notAfter?: Date;
}

/** The authority as an issuer. Any kind of key that `sealed` can sign with. */
export function issuerOf(forge: typeof Forge, authority: Pair): Issuer {
  const cert = new X509Certificate(authority.cert);
  const whole = forge.asn1.fromDer(cert.raw.toString('latin1'));
  const fields = children(children(whole)[0]);
  const first = fields[0]?.tagClass === forge.asn1.Class.CONTEXT_SPECIFIC ? 1 : 0; // version 1 is not written
  const name = fields[first + SUBJECT];
  return {
    key: createPrivateKey(authority.key),
    keyId: keyIdIn(forge, fields),
    notAfter: cert.validToDate,
    ...(name && { name }),
  };
}

/**
 * Signs for this public key what forge has put together; gives PEM. Forge by itself knows RSA's keys alone, and writes the
 * issuer's name anew instead of byte for byte, so that a name with an umlaut or two values in one part would not be found
 * again.
 * @throws SlipwayError `unsupported` for kinds of keys that certificates are not signed with here
 */
export function sealed(forge: typeof Forge, cert: Forge.pki.Certificate, publicKey: KeyObject, issuer: Issuer): string {
  const { oid, hash } = algorithmOf(issuer.key);
  cert.signatureOid = oid;
  cert.siginfo.algorithmOid = oid;
  cert.signature = '';
  const whole = forge.pki.certificateToAsn1(cert);
  const [body, algorithm, bits] = children(whole) as [Node, Node, Node];
  if (issuer.name) children(body)[1 + ISSUER] = issuer.name;
  const spki = publicKey.export({ type: 'spki', format: 'der' }).toString('latin1');
  children(body)[1 + PUBLIC_KEY] = forge.asn1.fromDer(spki);
  if (hash === null || oid === ECDSA_SHA256) dropParameters(algorithm, children(body)[1 + ALGORITHM] as Node);
  const text = Buffer.from(forge.asn1.toDer(body).getBytes(), 'latin1');
  bits.value = `\0${sign(hash, text, issuer.key).toString('latin1')}`; // no unused bits
  const der = Buffer.from(forge.asn1.toDer(whole).getBytes(), 'latin1');
  return new X509Certificate(der).toString();
}

/** The places of a TBSCertificate's fields after the version (RFC 5280 section 4.1). */
const ALGORITHM = 1;
const ISSUER = 2;
const SUBJECT = 4;
const PUBLIC_KEY = 5;

const SUBJECT_KEY_ID = '2.5.29.14';
const ECDSA_SHA256 = '1.2.840.10045.4.3.2';

function algorithmOf(key: KeyObject): { oid: string; hash: 'sha256' | null } {
  const kind = key.asymmetricKeyType;
  if (kind === 'rsa') return { oid: '1.2.840.113549.1.1.11', hash: 'sha256' };
  if (kind === 'ec') return { oid: ECDSA_SHA256, hash: 'sha256' };
  if (kind === 'ed25519') return { oid: '1.3.101.112', hash: null }; // RFC 8410: it hashes by itself
  throw new SlipwayError('unsupported', `Certificates cannot be signed with a key of the kind "${kind}"`, {
    hint: 'Bring an authority with an RSA, EC or Ed25519 key.',
  });
}

/** RFC 5758 section 3.2, RFC 8410 section 3: only RSA's algorithm has parameters, and they are NULL. */
function dropParameters(...algorithms: Node[]): void {
  for (const algorithm of algorithms) children(algorithm).length = 1;
}

function keyIdIn(forge: typeof Forge, fields: readonly Node[]): string | undefined {
  const { Class, derToOid, fromDer } = forge.asn1;
  const extensions = fields.find((field) => field.tagClass === Class.CONTEXT_SPECIFIC && Number(field.type) === 3);
  const found = children(children(extensions)[0])
    .map(children)
    .find(([oid]) => derToOid(oid?.value as string) === SUBJECT_KEY_ID);
  const wrapped = found?.at(-1)?.value;
  return typeof wrapped === 'string' ? (fromDer(wrapped).value as string) : undefined;
}

function children(node: Node | undefined): Node[] {
  return Array.isArray(node?.value) ? node.value : [];
}
