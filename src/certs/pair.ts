/** A certificate and the private key that belongs to it, both PEM. */
export interface Pair {
  cert: string;
  key: string;
}
