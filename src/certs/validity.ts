const UTC_TIME = 0x17;
const VERSION = 0xa0;

/**
 * When a PEM certificate runs out; undefined for what is none. The date alone, read here: to load Node's own reader takes
 * as long as all else that `slipway env` does.
 */
export function runsOutAt(cert: string): Date | undefined {
  const [, base64] = /-----BEGIN CERTIFICATE-----([^-]+)-----END/.exec(cert) ?? [];
  const der = Buffer.from(base64 ?? '', 'base64');
  try {
    const body = valueAt(der, valueAt(der, 0).start);
    const first = valueAt(der, body.start);
    const serial = first.tag === VERSION ? valueAt(der, first.end) : first;
    const issuer = valueAt(der, valueAt(der, serial.end).end); // RFC 5280 section 4.1: the algorithm is between
    const notBefore = valueAt(der, valueAt(der, issuer.end).start);
    return moment(valueAt(der, notBefore.end), der);
  } catch {
    return undefined;
  }
}

interface Value {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/** What begins at this byte: its tag, and from where to where its content goes (X.690 section 8.1). @throws RangeError */
function valueAt(der: Buffer, at: number): Value {
  const [tag, first] = [der.readUInt8(at), der.readUInt8(at + 1)];
  if (first < 0x80) return { tag, start: at + 2, end: at + 2 + first };
  const bytes = first & 0x7f;
  const start = at + 2 + bytes;
  return { tag, start, end: start + der.readUIntBE(at + 2, bytes) };
}

/** YYMMDDhhmmssZ, from 1950 on, or YYYYMMDDhhmmssZ (RFC 5280 section 4.1.2.5). */
function moment({ tag, start, end }: Value, der: Buffer): Date | undefined {
  const text = der.toString('latin1', start, end);
  const century = Number(text.slice(0, 2)) < 50 ? '20' : '19';
  const iso = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(tag === UTC_TIME ? century + text : text);
  if (!iso) return undefined;
  const [, year, month, day, hour, minute, second] = iso;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
