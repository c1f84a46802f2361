import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { SlipwayError } from '../errors.ts';
import { describe } from './certificate.ts';
import type { Pair } from './pair.ts';

/**
 * Looks at a pair that somebody brought.
 * @throws SlipwayError `bad-input` when one of them cannot be read, or they do not belong together
 */
export function checkPair(pair: Pair): void {
  const cert = readCertificate(pair.cert);
  if (cert.checkPrivateKey(readKey(pair.key))) return;
  throw new SlipwayError(
    'bad-input',
    `The key does not belong to the certificate of "${describe(pair.cert).subject}"`,
    {
      hint: 'Give the key with which this certificate was requested.',
    },
  );
}

/**
 * As `checkPair`, for an authority that somebody brought.
 * @throws SlipwayError `bad-input` also when it may not sign certificates, or not today
 */
export function checkAuthority(pair: Pair, now = new Date()): void {
  checkPair(pair);
  const { subject, isAuthority, notBefore, notAfter } = describe(pair.cert);
  const wrong = (what: string) => new SlipwayError('bad-input', `The certificate of "${subject}" ${what}`);
  if (!isAuthority) throw wrong('is not that of an authority: it may not sign others');
  if (notAfter <= now) throw wrong(`ran out on ${notAfter.toISOString().slice(0, 10)}`);
  if (notBefore > now) throw wrong(`is not valid before ${notBefore.toISOString()}`);
}

function readCertificate(text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (error) {
    throw new SlipwayError('bad-input', 'The certificate is not in PEM form', { cause: error });
  }
}

function readKey(text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (error) {
    if (text.includes('ENCRYPTED')) {
      throw new SlipwayError('bad-input', 'The key is protected by a passphrase', {
        hint: 'Give an unprotected copy: openssl pkey -in KEY -out COPY',
      });
    }
    throw new SlipwayError('bad-input', 'The key is not a private key in PEM form', { cause: error });
  }
}
