import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { builtImage } from '../../src/drivers/qemu/build.ts';
import { hostArch } from '../../src/drivers/qemu/settings.ts';
import { lastLines, type ProgramResult } from '../../src/program.ts';
import { type Layout, layout } from '../../src/store/layout.ts';
import type { Machine } from '../../src/store/machine.ts';
import { newUser, type User } from '../commands/cli.ts';
import { newSite, sharedImages } from '../drivers/site.ts';

/** A user who makes machines here, of a size that leaves room for others. */
export interface Owner extends User {
  /** Runs a program that must succeed; gives what it printed. */
  does(program: string, ...words: string[]): Promise<string>;
  /** `docker --context NAME …`, which must succeed; gives what it printed, without the last newline. */
  docker(name: string, ...words: string[]): Promise<string>;
  /** As `run`, for bytes. */
  pipe(input: Uint8Array, program: string, ...words: string[]): Promise<{ code: number; stdout: Buffer }>;
  record(name: string): Promise<Machine>;
  /** Builds the image "tools" on the machine, out of nothing but busybox, its entry point. */
  buildTools(name: string): Promise<void>;
}

/** The limit for each test, in milliseconds: a busy computer needs minutes for what an idle one does in seconds. */
export const BUSY = 10 * 60_000;

/** @param folder the name of the store's folder */
export async function newOwner(more: NodeJS.ProcessEnv = {}, folder = 'store'): Promise<Owner> {
  const user = await newUser({
    SLIPWAY_QEMU_IMAGE: 'build',
    SLIPWAY_QEMU_MEMORY: '1024',
    DOCKER_BUILDKIT: '0',
    TERM: 'xterm',
    ...more,
  });
  const store = layout(join(user.home, folder));
  user.env.SLIPWAY_HOME = store.root;
  await shareImages(store, more.SLIPWAY_QEMU_IMAGE !== 'build-without-engine');
  const does = async (program: string, ...words: string[]) => wanted(await user.run(program, ...words), program, words);
  const docker = async (name: string, ...words: string[]) =>
    (await does('docker', '--context', name, ...words)).trimEnd();
  return {
    ...user,
    store,
    does,
    docker,
    pipe: (input, program, ...words) => pipe(user.env, input, program, words),
    record: async (name) => JSON.parse(await readFile(store.machine(name).record, 'utf8')),
    buildTools: (name) => buildTools(user, (...words) => docker(name, ...words)),
    remove: async () => {
      await user.slipway('rm', '--all', '--force');
      await user.remove();
    },
  };
}

/** What a command that must succeed printed. */
function wanted({ code, stdout, stderr }: ProgramResult, program: string, words: readonly string[]): string {
  if (code === 0) return stdout;
  throw new Error(`${program} ${words.join(' ')} ended with ${code}:\n${lastLines(stdout + stderr, 30)}`);
}

/** The store's images are those of all tests; they are made under a lock that all tests know. */
async function shareImages(store: Layout, engine: boolean): Promise<void> {
  const { site, remove } = await newSite({ cache: sharedImages });
  await builtImage(site, engine, hostArch());
  await remove();
  await mkdir(store.cache, { recursive: true, mode: 0o700 });
  await symlink(sharedImages, join(store.cache, 'qemu'));
}

const DOCKERFILE = `FROM scratch
COPY busybox /bin/busybox
ENTRYPOINT ["/bin/busybox"]
`;

async function buildTools({ home }: User, docker: (...words: string[]) => Promise<string>): Promise<void> {
  const folder = join(home, 'tools');
  await mkdir(folder, { recursive: true });
  await cp('/bin/busybox', join(folder, 'busybox'));
  await writeFile(join(folder, 'Dockerfile'), DOCKERFILE);
  await docker('build', '--quiet', '--tag', 'tools', folder);
}

async function pipe(env: NodeJS.ProcessEnv, input: Uint8Array, program: string, words: readonly string[]) {
  const child = spawn(program, words, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
  return { stdout: await buffer(child.stdout), code: await ended };
}
