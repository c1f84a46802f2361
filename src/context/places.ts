import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the docker CLI keeps its settings: DOCKER_CONFIG, else ~/.docker. */
export function configFile(env: NodeJS.ProcessEnv): string {
  return join(configFolder(env), 'config.json');
}

export interface ContextFiles {
  readonly metaFolder: string;
  readonly meta: string;
  readonly tlsFolder: string;
  /** Holds the three below. */
  readonly endpoint: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** The files of one context, as docker/cli names them in cli/context/store: by the SHA-256 of the context's name. */
export function contextFiles(name: string, env: NodeJS.ProcessEnv): ContextFiles {
  const id = createHash('sha256').update(name).digest('hex');
  const metaFolder = join(configFolder(env), 'contexts', 'meta', id);
  const tlsFolder = join(configFolder(env), 'contexts', 'tls', id);
  const endpoint = join(tlsFolder, 'docker');
  return {
    metaFolder,
    tlsFolder,
    endpoint,
    meta: join(metaFolder, 'meta.json'),
    ca: join(endpoint, 'ca.pem'),
    cert: join(endpoint, 'cert.pem'),
    key: join(endpoint, 'key.pem'),
  };
}

function configFolder(env: NodeJS.ProcessEnv): string {
  return env.DOCKER_CONFIG || join(homedir(), '.docker');
}
