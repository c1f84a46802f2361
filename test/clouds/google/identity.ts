import { createPublicKey, generateKeyPairSync, randomUUID, verify } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT } from './catalog.ts';

const EMAIL = `slipway@${PROJECT}.iam.gserviceaccount.com`;
const AUDIENCE = 'https://compute.googleapis.com/';

/** Who may ask: a service account with a key, and tokens that were given out. */
export interface Identity {
  /** Whether an Authorization header proves that somebody may ask. */
  accepts(authorization: string | undefined): boolean;
  /** A token as the metadata server and the token service give them, and for how many seconds it is good. */
  newToken(): { readonly token: string; readonly seconds: number };
  /** Those that are given from now on are good for so many seconds. */
  limit(seconds: number): void;
  /** Takes back every token and key. */
  revoke(): void;
  /** Writes the key as `gcloud iam service-accounts keys create` does, and gives the path. */
  keyFile(folder: string): Promise<string>;
  /** A file for a federated identity (OIDC in CI), whose token is exchanged at this service. */
  federatedFile(folder: string, service: string): Promise<string>;
}

export function newIdentity(): Identity {
  const tokens = new Map<string, number>();
  let seconds = 3599;
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publicKey = createPublicKey(keys.privateKey);
  let revoked = false;
  return {
    accepts(authorization) {
      const token = authorization?.replace(/^Bearer /, '') ?? '';
      if (revoked || token === '') return false;
      if (Date.now() < (tokens.get(token) ?? 0)) return true;
      return isSigned(token, (text, signature) => verify('sha256', text, publicKey, signature));
    },
    newToken() {
      const token = `ya29.${randomUUID()}`;
      tokens.set(token, Date.now() + 1000 * seconds);
      return { token, seconds };
    },
    limit(most) {
      seconds = most;
    },
    revoke() {
      revoked = true;
    },
    async keyFile(folder) {
      const key = {
        type: 'service_account',
        project_id: PROJECT,
        private_key_id: randomUUID(),
        private_key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }),
        client_email: EMAIL,
        client_id: '1',
        universe_domain: 'googleapis.com',
      };
      return writeJson(join(folder, 'service-account.json'), key);
    },
    async federatedFile(folder, service) {
      const subject = join(folder, 'oidc-token');
      await writeFile(subject, 'a token of the CI system');
      const pool = '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/ci';
      return writeJson(join(folder, 'federated.json'), {
        type: 'external_account',
        audience: pool,
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        token_url: service,
        credential_source: { file: subject },
      });
    },
  };
}

async function writeJson(path: string, value: object): Promise<string> {
  await writeFile(path, JSON.stringify(value), { mode: 0o600 });
  return path;
}

/** A token that a service account signed itself, for this service and this hour: google.aip.dev/auth/4111. */
function isSigned(token: string, proves: (text: Buffer, signature: Buffer) => boolean): boolean {
  const [head, claims, signature] = token.split('.');
  if (head === undefined || claims === undefined || signature === undefined) return false;
  if (!proves(Buffer.from(`${head}.${claims}`), Buffer.from(signature, 'base64url'))) return false;
  const { aud, iss, exp, iat } = JSON.parse(Buffer.from(claims, 'base64url').toString());
  const now = Date.now() / 1000;
  return aud === AUDIENCE && iss === EMAIL && exp > now && iat <= now + 10 && exp - iat <= 3600 + 10;
}
