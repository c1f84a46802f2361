/** What a host shall be. */
export interface Wish {
  /** The host was there before us: what it has is kept. */
  adopted: boolean;
  /** Absent: the host keeps its name. */
  hostname?: string;
  /** May use the engine without sudo; only on hosts that we made. */
  user?: string;
  engine: EngineWish;
  /** Absent: those that are on the host stay. */
  tls?: ServerTls;
  /** Where the engine shall listen; absent: at no port at all. */
  port?: number;
  /** The engine shall be in a swarm, which it would not begin with live-restore. */
  swarm?: boolean;
}

export interface EngineWish {
  /** Absent: `defaultSource`. */
  source?: Source;
  /** A version or the beginning of one: "27", "27.3", "27.3.1". Absent: the newest. */
  version?: string;
  /** `static`: the archive. `docker`: a mirror of download.docker.com. */
  url?: string;
  /** Of the archive: "sha256:…", "sha512:…", or only the digits. */
  checksum?: string;
  storageDriver?: string;
  labels: readonly string[];
  /** NAME=value */
  env: readonly string[];
  mirrors: readonly string[];
  insecureRegistries: readonly string[];
  /** name=value, by the names of dockerd's flags or of daemon.json. */
  options: readonly string[];
}

/** Docker's packages, the distribution's, an archive of binaries, or what is there already. */
export type Source = 'docker' | 'distribution' | 'static' | 'none';

/** PEM texts. */
export interface ServerTls {
  /** Who may sign clients; several certificates while one authority takes over from another. */
  ca: string;
  cert: string;
  key: string;
}
