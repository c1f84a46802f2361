import { readFile } from 'node:fs/promises';
import { type ConnectionOptions, connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { SlipwayError } from '../../errors.ts';

/** A vCenter or an ESXi, and how its certificate is known. */
export interface Server {
  readonly host: string;
  readonly port: number;
  /** Hexadecimal digits of its certificate's SHA-1 or SHA-256. */
  readonly thumbprint?: string;
  readonly caFile?: string;
}

/** Opens connections to the server; nothing has been sent when its certificate is looked at. */
export type Dial = () => Promise<TLSSocket>;

/** What is known of its certificate is looked up once. @throws SlipwayError `bad-input` for a file that cannot be read */
export async function dialer(server: Server): Promise<Dial> {
  const { host, port } = server;
  const thumbprint = server.thumbprint ?? (await knownThumbprint(server));
  const name = host.replace(/^\[|\]$/g, '');
  const common: ConnectionOptions = { host: name, port, ...(/^[\d.]+$|:/.test(name) ? {} : { servername: name }) };
  if (thumbprint !== undefined) {
    // The thumbprint says whose certificate it is, so whoever issued it need not be known.
    return () => opened({ ...common, rejectUnauthorized: false }, server, (socket) => isThis(socket, thumbprint));
  }
  const ca = await authorities(server);
  return () => opened(ca.length === 0 ? common : { ...common, ca }, server, () => true);
}

function opened(
  options: ConnectionOptions,
  server: Server,
  trusts: (socket: TLSSocket) => boolean,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect(options);
    let shown: PeerCertificate | undefined;
    socket.once('secureConnect', () => {
      shown = socket.getPeerCertificate();
      if (trusts(socket)) resolve(socket);
      else socket.destroy(untrusted(server, shown, undefined));
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const cert = (error as { cert?: PeerCertificate }).cert;
      if (error instanceof SlipwayError || !CERTIFICATE.test(error.code ?? '')) reject(error);
      else if (cert) reject(untrusted(server, cert, error));
      else
        seen(options).then(
          (found) => reject(untrusted(server, found, error)),
          () => reject(error),
        );
    });
  });
}

/** The codes with which OpenSSL and Node say what is wrong with a certificate. */
const CERTIFICATE = /CERT|SELF_SIGNED|ISSUER|UNABLE_TO_VERIFY|^ERR_TLS_CERT/;

/** Looks at the certificate only: it is told to the user, and not trusted. */
function seen(options: ConnectionOptions): Promise<PeerCertificate> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...options, rejectUnauthorized: false });
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

function isThis(socket: TLSSocket, thumbprint: string): boolean {
  const { fingerprint, fingerprint256 } = socket.getPeerCertificate();
  return [fingerprint, fingerprint256].some((each) => each.replaceAll(':', '') === thumbprint);
}

function untrusted({ host, thumbprint }: Server, { fingerprint256 }: PeerCertificate, cause: unknown): SlipwayError {
  const sentence =
    thumbprint === undefined
      ? `Nobody known here vouches for the certificate of "${host}"`
      : `The certificate of "${host}" is another one: its thumbprint is ${fingerprint256}`;
  const hint =
    thumbprint === undefined
      ? `If its thumbprint is this one, say --vsphere-thumbprint ${fingerprint256}; else name its authority: --vsphere-ca-file FILE`
      : 'If it was renewed, compare that with what the server shows, and say --vsphere-thumbprint.';
  return new SlipwayError('unsafe', sentence, { hint, ...(cause === undefined ? {} : { cause }) });
}

/** Of a certificate that govc was told to trust: lines of "HOST THUMBPRINT". */
async function knownThumbprint({ host, port, caFile }: Server): Promise<string | undefined> {
  const path = process.env.GOVC_TLS_KNOWN_HOSTS;
  if (caFile !== undefined || !path) return undefined;
  const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n').map((line) => line.trim().split(/\s+/));
  const [, found] = lines.find(([name]) => name === `${host}:${port}` || (name === host && port === 443)) ?? [];
  return found?.replaceAll(':', '').toUpperCase();
}

async function authorities({ caFile }: Server): Promise<string[]> {
  const paths = caFile === undefined ? (process.env.GOVC_TLS_CA_CERTS ?? '').split(':') : [caFile];
  return Promise.all(paths.filter((path) => path !== '').map(authority));
}

async function authority(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new SlipwayError('bad-input', `The certificates in "${path}" cannot be read`, { cause });
  });
}
