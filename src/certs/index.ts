export { type Certificate, covers, describe, needsRenewal, RENEW_BEFORE_DAYS, signedBy } from './certificate.ts';
export { checkAuthority, checkPair } from './check.ts';
export { createAuthority, createClient, createServer } from './issue.ts';
export { altName } from './names.ts';
export type { Pair } from './pair.ts';
