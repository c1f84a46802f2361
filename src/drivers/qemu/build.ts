import { createHash, randomBytes } from 'node:crypto';
import { lstat, mkdir, open, readFile, readlink, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import { findProgram, lastLines, run } from '../../program.ts';
import type { Site } from '../driver.ts';
import { type Content, type Image, keepImage } from './image.ts';
import { mmdebstrapArgs, SUITE } from './recipe.ts';
import { type Arch, hostArch } from './settings.ts';

const DEBIAN = 'http://deb.debian.org/debian';
const SECURITY = 'http://deb.debian.org/debian-security';

/** Its end is the recipe's own: machines made by a later version, which may build otherwise, get another image. */
export function builtImageId(engine: boolean, arch: Arch): string {
  const recipe = mmdebstrapArgs({ arch, engine, sources: [], kernel: '', initrd: '' });
  const digest = createHash('sha256').update(recipe.join('\0')).digest('hex');
  return `build${engine ? '' : '-without-engine'}-${arch}-${digest.slice(0, 8)}`;
}

/** Why no image can be built here, as an error to throw; undefined when one can. Only reads. */
export async function obstacleToBuild(arch: Arch): Promise<SlipwayError | undefined> {
  if (arch !== hostArch()) {
    return new SlipwayError('unsupported', `Here only ${hostArch()} images can be built, and the machine is ${arch}`);
  }
  if (process.platform !== 'linux') return new SlipwayError('unsupported', 'Images can be built on Linux only');
  const programs = ['mmdebstrap', 'mke2fs', ...(isRoot() ? [] : ['newuidmap'])];
  for (const program of programs) {
    if (await findProgram(program, { PATH: pathWithSbin() })) continue;
    return new SlipwayError('missing-program', `The program "${program}", which builds images, is not installed`, {
      hint: `Install what builds images: apt-get install mmdebstrap e2fsprogs${isRoot() ? '' : ' uidmap'}`,
    });
  }
  return undefined;
}

/**
 * Debian 12 out of the distribution's own packages, whose signatures apt checks; as root or as a user with subordinate
 * ids (subuid(5)).
 * @throws SlipwayError `program-failed` with what mmdebstrap said
 */
export async function builtImage(site: Site, engine: boolean, arch: Arch): Promise<Image> {
  return keepImage(site, builtImageId(engine, arch), (draft) => build(site, draft, engine, arch), discard);
}

async function build(site: Site, draft: string, engine: boolean, arch: Arch): Promise<Content> {
  const obstacle = await obstacleToBuild(arch);
  if (obstacle) throw obstacle;
  site.note(`building Debian 12 ${engine ? 'with' : 'without'} its engine from Debian's signed packages`);
  const recipe = {
    arch,
    engine,
    sources: await sources(),
    kernel: join(draft, 'vmlinuz'),
    initrd: join(draft, 'initrd'),
  };
  await runMmdebstrap(site, draft, mmdebstrapArgs(recipe), recipe.sources);
  await discardScratch(draft);
  return {
    version: 1,
    arch,
    origin: `built here from ${recipe.sources[0]}`,
    disk: { file: 'root', format: 'raw' },
    kernel: { file: 'vmlinuz', initrd: 'initrd' },
  };
}

async function runMmdebstrap(site: Site, draft: string, args: readonly string[], lines: readonly string[]) {
  const image = await open(join(draft, 'root'), 'wx+');
  await image.chmod(0o666); // mmdebstrap's root may be another user to us; the folder above keeps others out
  const said: string[] = [];
  try {
    const [program = '', ...words] = dyingWithUs(['mmdebstrap', ...args]);
    const { code } = await run(program, words, {
      input: lines.join('\n'),
      env: { ...process.env, ...(await aptProxies()), PATH: pathWithSbin(), TMPDIR: await makeScratch(draft) },
      signal: site.signal,
      killSignal: isRoot() ? 'SIGKILL' : 'SIGTERM',
      files: [image.fd],
      onLine: (line) => said.push(line) && tellPhase(site, line),
    });
    if (code !== 0) throw buildFailed(said);
    await image.sync();
  } finally {
    await image.close();
  }
}

/** Its last words repeat the whole script that failed; the reason comes before. */
function buildFailed(said: readonly string[]): SlipwayError {
  const errors = said.filter((line) => /^(E|mke2fs|mount|truncate|chroot|unshare|setpriv): /.test(line)).slice(0, 3);
  return new SlipwayError('program-failed', 'No Debian 12 could be built here', {
    cause: new Error(errors.join('\n').slice(0, 500) || lastLines(said.join('\n'), 5)),
    hint: 'Download an image elsewhere, and say --qemu-image FILE',
  });
}

/**
 * A build must not outlive us: the next one clears its folder away. As root it gets namespaces of its own, so that all
 * of its processes end together and none of its mounts is left.
 */
function dyingWithUs(command: readonly string[]): string[] {
  if (!isRoot()) return ['setpriv', '--pdeathsig', 'TERM', ...command];
  return ['setpriv', '--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child', ...command];
}

function tellPhase(site: Site, line: string): void {
  const phase = /^I: ((running apt-get update|downloading|extracting|installing) .*?)(\.\.\.)?$/.exec(line)?.[1];
  if (phase !== undefined) site.note(phase.replace('running apt-get update', 'reading the lists of packages'));
}

/** The sources of this computer where it is a Debian 12 itself, which may have a mirror nearby; else Debian's own. */
async function sources(): Promise<string[]> {
  const own = await sourcesHere();
  if (own.length > 0) return own;
  return [
    `deb ${DEBIAN} ${SUITE} main`,
    `deb ${DEBIAN} ${SUITE}-updates main`,
    `deb ${SECURITY} ${SUITE}-security main`,
  ];
}

async function sourcesHere(): Promise<string[]> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  if (!/^ID=debian$/m.test(release) || !release.includes(`VERSION_CODENAME=${SUITE}`)) return [];
  const format = '$(REPO_URI) $(RELEASE) $(COMPONENT)';
  const { stdout } = await run('apt-get', [
    'indextargets',
    '--no-release-info',
    '--format',
    format,
    'Created-By: Packages',
  ]);
  const lines = stdout.split('\n').filter((line) => new RegExp(`^\\S+ ${SUITE}(-updates|-security)? main$`).test(line));
  return [...new Set(lines)].map((line) => `deb ${line}`);
}

/** mmdebstrap's apt does not read this computer's configuration, but it does read the environment. */
async function aptProxies(): Promise<Record<string, string>> {
  const words = ['shell', 'http_proxy', 'Acquire::http::Proxy', 'https_proxy', 'Acquire::https::Proxy'];
  const { stdout } = await run('apt-config', words).catch(() => ({ stdout: '' }));
  return Object.fromEntries([...stdout.matchAll(/^(\w+)='(.*)'$/gm)].map(([, name = '', value = '']) => [name, value]));
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Where mke2fs is, and where few but root look. */
function pathWithSbin(): string {
  return [process.env.PATH ?? '/usr/bin:/bin', '/usr/sbin', '/sbin'].join(delimiter);
}

/**
 * Where mmdebstrap unpacks. In a user namespace our own folders are out of its reach, so it is a folder for temporary
 * files then, and the draft remembers which.
 */
async function makeScratch(draft: string): Promise<string> {
  const scratch = join(draft, 'scratch');
  if (isRoot()) await mkdir(scratch);
  else {
    const elsewhere = join(tmpdir(), `slipway-build-${randomBytes(6).toString('hex')}`);
    await symlink(elsewhere, scratch);
    await mkdir(elsewhere, { mode: 0o755 });
  }
  return readlink(scratch).catch(() => scratch);
}

async function discard(draft: string): Promise<void> {
  await discardScratch(draft);
  await rm(draft, { recursive: true, force: true });
}

async function discardScratch(draft: string): Promise<void> {
  const scratch = join(draft, 'scratch');
  const about = await lstat(scratch).catch(() => undefined);
  if (about?.isSymbolicLink()) {
    const elsewhere = await readlink(scratch);
    await run('mmdebstrap', ['--unshare-helper', 'rm', '-rf', '--', elsewhere]);
    await rm(elsewhere, { recursive: true, force: true });
  }
  await rm(scratch, { recursive: true, force: true });
}
