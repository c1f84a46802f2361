import { codeOf, type ErrorCode, SlipwayError } from '../errors.ts';

interface Meaning {
  readonly code: ErrorCode;
  /** What follows `The engine on "HOST:PORT" `. */
  readonly says: string;
  readonly hint: string;
}

/** The error as a sentence about the engine at this place. `machine` stands in the commands that the hint names. */
export function failure(error: unknown, place: string, machine = 'NAME'): SlipwayError {
  if (error instanceof SlipwayError) return error;
  const { code, says, hint } = meaningOf(error);
  return new SlipwayError(code, `The engine on "${place}" ${says}`, {
    hint: hint.replace('NAME', machine),
    cause: error,
  });
}

/** For an answer that no engine would give. */
export function notAnEngine(place: string, machine = 'NAME'): SlipwayError {
  const { code, says, hint } = NO_ENGINE;
  return new SlipwayError(code, `The engine on "${place}" ${says}`, { hint: hint.replace('NAME', machine) });
}

function meaningOf(error: unknown): Meaning {
  const code = tlsCodeOf(error) ?? codeOf(error) ?? '';
  const found = MEANINGS.find(({ codes }) => codes.test(code));
  if (found) return found;
  const status = statusOf(error);
  return status === undefined ? UNREACHABLE : { ...NO_ENGINE, says: `answered with HTTP status ${status}` };
}

/**
 * Where a request was already waiting when the handshake failed, Node says EPROTO, and only the text holds OpenSSL's
 * number: eight hexadecimal digits, the lower 23 bits of which are the reason (openssl/err.h, ERR_GET_REASON).
 */
function tlsCodeOf(error: unknown): string | undefined {
  if (codeOf(error) !== 'EPROTO') return undefined;
  const number = /error:([0-9A-F]{8}):/.exec((error as Error).message)?.[1];
  return number && `SSL_${Number.parseInt(number, 16) & 0x7fffff}`;
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

const REGENERATE = 'Make the certificates again: slipway regenerate-certs NAME';

const UNREACHABLE: Meaning = {
  code: 'refused',
  says: 'cannot be reached',
  hint: 'See whether the machine is running: slipway status NAME',
};

const NO_ENGINE: Meaning = {
  code: 'refused',
  says: 'does not answer as an engine does',
  hint: 'Look at its log: slipway ssh NAME journalctl -u docker',
};

/**
 * Codes of Node's net, dns and tls modules, the latter those of OpenSSL: X509_V_ERR_… without the beginning, and
 * SSL_R_…, where an alert (RFC 8446 section 6) is 1000 and its number.
 */
const MEANINGS: readonly (Meaning & { codes: RegExp })[] = [
  {
    codes: /^ECONNREFUSED$/,
    code: 'refused',
    says: 'refuses the connection',
    hint: 'See whether it is running: slipway ssh NAME systemctl status docker',
  },
  {
    codes: /^(ENOTFOUND|EAI_AGAIN)$/,
    code: 'refused',
    says: 'has a name that cannot be resolved',
    hint: 'See whether this computer is on the network, and whether the name is right: slipway url NAME',
  },
  {
    codes: /^CERT_HAS_EXPIRED$/,
    code: 'unsafe',
    says: 'shows a certificate that has run out',
    hint: REGENERATE,
  },
  {
    codes: /^CERT_NOT_YET_VALID$/,
    code: 'unsafe',
    says: 'shows a certificate that is not valid yet',
    hint: 'See whether the clock of this computer is right.',
  },
  {
    codes: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    code: 'unsafe',
    says: 'shows a certificate for another name or address',
    hint: REGENERATE,
  },
  {
    codes: /^(UNABLE_TO_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|CERT_|INVALID_CA|INVALID_PURPOSE)/,
    code: 'unsafe',
    says: 'shows a certificate that our authority did not sign',
    hint: REGENERATE,
  },
  {
    codes: /^(ERR_SSL_.*ALERT.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)|SSL_(104[2-9]|1116)$)/,
    code: 'refused',
    says: 'does not accept our client certificate',
    hint: REGENERATE,
  },
  {
    codes: /^(ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)|SSL_(267|198))$/,
    code: 'refused',
    says: 'does not speak TLS',
    hint: 'Set it up again: slipway provision NAME',
  },
];
