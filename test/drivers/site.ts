import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Bootstrap, Site } from '../../src/drivers/driver.ts';
import { newMemory } from '../../src/memory.ts';
import { withLock } from '../../src/store/lock.ts';

export interface TestSite {
  readonly root: string;
  readonly site: Site;
  /** What the driver told. */
  readonly notes: readonly string[];
  remove(): Promise<void>;
}

/** Built images are shared by all tests of a run, and by the runs after it. */
export const sharedImages = process.env.SLIPWAY_TEST_IMAGES ?? join(tmpdir(), 'slipway-test-cache', 'images');

/** The place of one machine as the core would give it, in a new folder. */
export async function newSite(
  options: { cache?: string; bootstrap?: Bootstrap; root?: string } = {},
): Promise<TestSite> {
  const root = options.root ?? (await mkdtemp(join(tmpdir(), 'slipway-site-')));
  const notes: string[] = [];
  const machine = basename(root).toLowerCase();
  const cache = options.cache ?? join(root, 'cache');
  return {
    root,
    notes,
    remove: () => rm(root, { recursive: true, force: true }),
    site: {
      machine,
      folder: join(root, 'machines', machine, 'driver'),
      cache,
      note: (sentence) => void notes.push(sentence),
      labels: { 'slipway-store': '0123abcd', 'slipway-machine': machine, 'slipway-created': '1795322902' },
      memory: { ...newMemory(), recall: (_, ask) => ask() }, // tests change what there is between two questions
      ingress: { from: ['192.0.2.7/32'], engine: true, open: [] },
      exclusive: (name, work) => withLock(join(cache, '..', 'locks'), name, work, { wait: 600_000 }),
      bootstrap: options.bootstrap ?? {
        userData: '#cloud-config\n{}\n',
        user: 'slipway',
        publicKey: 'ssh-ed25519 AAAA',
      },
    },
  };
}
