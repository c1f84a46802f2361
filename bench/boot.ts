import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { newUser, type User } from '../test/commands/cli.ts';
import { sharedImages } from '../test/drivers/site.ts';
import { type Bench, duration, median, type Row } from './bench.ts';

/** What `create` with qemu takes beside what the guest needs until it lets somebody in, its image being there. */
const boot: Bench = {
  async rows({ runs }) {
    const user = await userWithImages();
    const made: Created[] = [];
    try {
      await createOnce(user); // makes the image
      for (let run = 0; run < runs; run++) made.push(await createOnce(user));
    } finally {
      await user.remove();
    }
    return [rowOf(made)];
  },
};

export default boot;

/** In milliseconds. */
interface Created {
  readonly all: number;
  /** Until the guest let somebody in. */
  readonly boot: number;
}

async function userWithImages(): Promise<User> {
  const user = await newUser();
  await mkdir(sharedImages, { recursive: true });
  await mkdir(user.store.cache, { recursive: true });
  await symlink(sharedImages, join(user.store.cache, 'qemu'));
  return user;
}

async function createOnce(user: User): Promise<Created> {
  const began = performance.now();
  const { code, stderr } = await user.slipway('create', '--progress', 'json', 'bench');
  const all = performance.now() - began;
  if (code !== 0) throw new Error(stderr);
  await user.slipway('rm', '--yes', '--quiet', 'bench');
  return { all, boot: 1000 * (secondsOf('make the instance', stderr) + secondsOf('wait for SSH', stderr)) };
}

function secondsOf(stage: string, told: string): number {
  const events = told
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { readonly stage: string; readonly seconds?: number });
  return events.find((event) => event.stage === stage && event.seconds !== undefined)?.seconds ?? Number.NaN;
}

function rowOf(made: readonly Created[]): Row {
  const boot = median(made.map((each) => each.boot));
  const more = median(made.map((each) => each.all - each.boot));
  return {
    what: '`create` with qemu, the image there',
    measured: `${duration(more)} more than the guest's boot to SSH (${duration(boot)})`,
    target: 'at most 5 s more',
    met: more <= 5000,
  };
}
