/** Where a machine is reached, from this computer. */
export interface Endpoint {
  /** An IP address or a host name. */
  readonly host: string;
  readonly sshPort: number;
  readonly sshUser: string;
  /** The port here that leads to the engine's own (2376 on the machine). */
  readonly enginePort: number;
  /** The port on which the engine of a machine of ours listens there; 2376 when absent. */
  readonly listens?: number;
  /** How to prove who we are when it is not with the machine's own key: a private key's file, or the agent. */
  readonly identity?: { readonly file: string } | { readonly agent: true };
  /** Other names and addresses under which the machine is known, for its certificate. */
  readonly names?: readonly string[];
}
