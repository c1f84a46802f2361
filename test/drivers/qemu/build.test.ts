import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { builtImage } from '../../../src/drivers/qemu/build.ts';
import { keepImage } from '../../../src/drivers/qemu/image.ts';
import { hostArch } from '../../../src/drivers/qemu/settings.ts';
import { waitFor } from '../../../src/poll.ts';
import { newSite, type TestSite } from '../site.ts';

const LIMIT = 120_000;
let place: TestSite;

beforeEach(async () => {
  place = await newSite();
});
afterEach(() => place.remove());

test(
  'a build whose maker is killed ends with it, and the next one clears away what it left',
  async () => {
    const child = fork(new URL('./builder.ts', import.meta.url), [place.root], { execArgv: ['--no-warnings'] });
    const ended = once(child, 'exit');
    await noteOf(child, /^extracting/);
    expect(await processesIn(place.root)).not.toEqual([]);
    child.kill('SIGKILL');
    await ended;
    await waitFor({ what: 'the end of the build', limit: 60_000 }, async () =>
      (await processesIn(place.root)).length === 0 ? true : undefined,
    );

    const [draft = ''] = await readdir(place.site.cache);
    expect(draft).toMatch(/^build-without-engine-.*\.draft$/);
    const content = { version: 1, arch: hostArch(), origin: 'here', disk: { file: 'root', format: 'raw' } } as const;
    await keepImage(place.site, draft.replace('.draft', ''), async () => content);
    expect(await readdir(place.site.cache)).toEqual([draft.replace('.draft', '')]);
    expect((await stat('/proc/self/status')).isFile()).toBe(true); // its mounts of /proc were its own
  },
  LIMIT,
);

test(
  'an interrupted build says so, and leaves nothing',
  async () => {
    const interrupt = new AbortController();
    const note = (sentence: string) => {
      if (sentence.startsWith('downloading')) interrupt.abort();
    };
    const built = builtImage({ ...place.site, note, signal: interrupt.signal }, false, hostArch());
    await expect(built).rejects.toMatchObject({ code: 'interrupted' });
    expect(await readdir(place.site.cache)).toEqual([]);
    expect(await processesIn(place.root)).toEqual([]);
  },
  LIMIT,
);

async function noteOf(child: ReturnType<typeof fork>, pattern: RegExp): Promise<void> {
  for (;;) {
    const [note] = await once(child, 'message');
    if (pattern.test(note)) return;
  }
}

/** The processes that work for a folder: it is in their words, their environment, or where they are. */
async function processesIn(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const told = [
        ...['cmdline', 'environ'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8')),
        ...['root', 'cwd'].map((name) => readlink(`/proc/${pid}/${name}`)),
      ];
      const texts = await Promise.all(told.map((each) => each.catch(() => '')));
      return texts.some((text) => text.includes(folder)) ? [pid] : [];
    }),
  );
  return found.flat();
}
