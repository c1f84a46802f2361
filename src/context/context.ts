import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, SlipwayError } from '../errors.ts';
import { createFile, makeFolder, replaceFile } from '../files.ts';
import { configureContext, configuredContext } from './config.ts';
import { checkContextName, DEFAULT } from './name.ts';
import { type ContextFiles, contextFiles } from './places.ts';

/** What a client shows and trusts; PEM. */
export interface ContextTls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** A docker context, by whomever it was made. */
export interface Context {
  readonly name: string;
  readonly description: string;
  /** "tcp://192.0.2.7:2376", "ssh://user@host"; undefined where there is no docker endpoint in it. */
  readonly host: string | undefined;
  readonly tls: Partial<ContextTls>;
  /** The id of the store that it belongs to; undefined for what somebody else made. */
  readonly owner: string | undefined;
}

export interface ContextRequest {
  readonly name: string;
  readonly description: string;
  readonly host: string;
  /** Without, nothing of an earlier one is left. */
  readonly tls?: ContextTls;
  /** The id of the store. */
  readonly owner: string;
  readonly env?: NodeJS.ProcessEnv;
}

export interface Removal {
  /** `absent`: there was none. `foreign`: it is not ours, and still there. */
  readonly outcome: 'removed' | 'absent' | 'foreign';
  /** It was the current one; "default" is now. */
  readonly wasCurrent: boolean;
}

/** Whether the docker CLI would list a context of this name. */
export async function contextExists(name: string, env = process.env): Promise<boolean> {
  return name === DEFAULT || (await readMeta(contextFiles(name, env))) !== undefined;
}

/**
 * The context as the docker CLI knows it; undefined when there is none.
 * @throws SlipwayError `broken` when its file cannot be understood
 */
export async function readContext(name: string, env = process.env): Promise<Context | undefined> {
  const files = contextFiles(name, env);
  const text = await readMeta(files);
  if (text === undefined) return undefined;
  return { name, ...parseMeta(text, files.meta), tls: await readTls(files) };
}

/**
 * Makes the context, or brings it up to date. The certificates go first: the CLI looks at them only once the rest is
 * there, and without them it would speak to the host in the clear. Doing it again repairs what a crash left.
 * @throws SlipwayError `exists` when somebody else's has this name
 */
export async function writeContext(request: ContextRequest): Promise<void> {
  checkContextName(request.name);
  const files = contextFiles(request.name, request.env ?? process.env);
  const present = await readContext(request.name, request.env);
  if (present && present.owner !== request.owner) throw foreign(request.name);
  await writeTls(files, request.tls);
  await writeMeta(files, request, present !== undefined);
}

/**
 * Removes the context if it is this store's; says so when it is not. What a crash left of one goes too.
 * @throws SlipwayError `broken` when config.json cannot be understood: then all stays as it is
 */
export async function removeContext(name: string, owner: string, env = process.env): Promise<Removal> {
  const files = contextFiles(name, env);
  const present = await readContext(name, env);
  if (present && present.owner !== owner) return { outcome: 'foreign', wasCurrent: false };
  const wasCurrent = present !== undefined && (await configuredContext(env)) === name;
  if (wasCurrent) await configureContext(DEFAULT, env);
  await rm(files.meta, { force: true });
  await rm(files.metaFolder, { recursive: true, force: true });
  await rm(files.tlsFolder, { recursive: true, force: true });
  return { outcome: present ? 'removed' : 'absent', wasCurrent };
}

/**
 * Makes this the context that the docker CLI uses where neither DOCKER_HOST nor DOCKER_CONTEXT is set.
 * @throws SlipwayError `not-found`
 */
export async function useContext(name: string, env = process.env): Promise<void> {
  if (!(await contextExists(name, env))) {
    throw new SlipwayError('not-found', `There is no docker context "${name}"`, {
      hint: 'See what there is: docker context ls',
    });
  }
  await configureContext(name, env);
}

/**
 * The context that the docker CLI uses in this environment. "default" also stands for what DOCKER_HOST says.
 * @throws SlipwayError `broken` when config.json counts and cannot be understood
 */
export async function currentContext(env = process.env): Promise<string> {
  if (env.DOCKER_HOST) return DEFAULT;
  return env.DOCKER_CONTEXT || configuredContext(env);
}

/** The CLI keeps fields that it does not know, also through `docker context update`. */
const OWNER = 'Slipway';

async function writeMeta(files: ContextFiles, request: ContextRequest, isThere: boolean): Promise<void> {
  const text = JSON.stringify({
    Name: request.name,
    Metadata: { Description: request.description, [OWNER]: request.owner },
    Endpoints: { docker: { Host: request.host, SkipTLSVerify: false } },
  });
  await prepareFolder(files.metaFolder);
  if (isThere) return replaceWhereDifferent(files.meta, text);
  await createFile(files.meta, text).catch((error: unknown) => {
    throw codeOf(error) === 'EEXIST' ? foreign(request.name) : error;
  });
}

async function writeTls(files: ContextFiles, tls: ContextTls | undefined): Promise<void> {
  if (tls === undefined) return rm(files.tlsFolder, { recursive: true, force: true });
  await prepareFolder(files.endpoint);
  await replaceWhereDifferent(files.ca, tls.ca);
  await replaceWhereDifferent(files.cert, tls.cert);
  await replaceWhereDifferent(files.key, tls.key);
}

/** Makes the folder, or takes drafts out of it that a crash left: the CLI would count them as part of the context. */
async function prepareFolder(folder: string): Promise<void> {
  await makeFolder(folder);
  const drafts = (await readdir(folder)).filter((name) => name.endsWith('.draft'));
  for (const name of drafts) await rm(join(folder, name), { force: true });
}

async function replaceWhereDifferent(path: string, text: string): Promise<void> {
  if ((await readIfThere(path)) !== text) await replaceFile(path, text);
}

async function readTls(files: ContextFiles): Promise<Partial<ContextTls>> {
  const entries = (['ca', 'cert', 'key'] as const).map(async (part) => [part, await readIfThere(files[part])] as const);
  return Object.fromEntries((await Promise.all(entries)).filter(([, text]) => text !== undefined));
}

function readMeta(files: ContextFiles): Promise<string | undefined> {
  return readIfThere(files.meta);
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
}

function parseMeta(text: string, path: string): Pick<Context, 'description' | 'host' | 'owner'> {
  try {
    const { Metadata = {}, Endpoints = {} } = JSON.parse(text);
    const { Description = '', [OWNER]: owner } = Metadata ?? {};
    return { description: Description, host: Endpoints.docker?.Host, owner };
  } catch (error) {
    throw new SlipwayError('broken', `The docker context in "${path}" cannot be understood`, {
      cause: error,
      hint: `The docker client stumbles over it too. Remove its folder: ${dirname(path)}`,
    });
  }
}

function foreign(name: string): SlipwayError {
  return new SlipwayError('exists', `There is a docker context "${name}" already, and it is not ours`, {
    hint: `Remove it, if nobody needs it: docker context rm ${name}`,
  });
}
