import { createHash } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { qemuProgram } from '../../src/drivers/qemu/command.ts';
import { hostArch } from '../../src/drivers/qemu/settings.ts';
import { type Checkpoint, CREATE, checkpoint } from '../faults/checkpoint.ts';
import {
  KILLED,
  killAtEach,
  operationsOf,
  type Point,
  pointsOf,
  type Row,
  removed,
  type Scenario,
} from '../faults/table.ts';
import { NAME, newWorld, powerOn, type World } from '../faults/world.ts';

/** With this variable each operation is a death, after the boot that of a real `create`; without, every second, and some of those. */
const ALL = process.env.SLIPWAY_TEST_ALL !== undefined;
const MINUTES = 60_000;
const BOOT = `spawn ${qemuProgram(hostArch())} -name 1`;

let from: Checkpoint;
const table: Row[] = [];

beforeAll(async () => {
  from = await checkpoint();
}, 20 * MINUTES);

afterAll(() => {
  process.stdout.write(`${summary(table)}\n`);
});

/** A store that has made machines before. */
const used = () => newWorld({ template: from.empty, images: from.images });
/** A store that is not there yet. */
const fresh = () => newWorld({ images: from.images });

test(
  'create, killed at whatever it does before the machine boots',
  async () => {
    const create: Scenario = { title: 'create', world: used, words: CREATE, until: BOOT };
    const usual = await operationsOf(create);
    const untilBoot = from.journal.slice(0, from.journal.indexOf(BOOT) + 1);
    const once = untilBoot.filter((operation) => !usual.includes(operation));
    expect(once).toContainEqual(expect.stringContaining('store/authorities'));
    expect(usual.at(-1)).toBe(BOOT);
    await expectNoLeak(create, pointsOf(usual));
    const first: Scenario = { ...create, title: 'the first create of a store', world: fresh, after: goneOrMended };
    await expectNoLeak(first, pointsOf(once));
  },
  40 * MINUTES,
);

test(
  'create, dead at whatever it does after the machine boots',
  async () => {
    const world = async (point?: Point) => {
      const template = from.state(from.journal.indexOf(point?.operation ?? '') + 1);
      const left = await newWorld({ template, images: from.images });
      await powerOn(left, join(from.folder, 'disk.qcow2'));
      return left;
    };
    const later = from.journal.slice(from.journal.indexOf(BOOT) + 1);
    expect(later.at(-1)).toBe(`rm store/locks/${NAME}.PID 1`);
    await expectNoLeak({ title: 'create, as a death left it', world }, pointsOf(later));
  },
  40 * MINUTES,
);

test(
  'create, killed after the machine has booted',
  async () => {
    const later = from.journal.slice(from.journal.indexOf(BOOT) + 1);
    const some = ['machine.json 5', 'provision.log 2', 'key.pem 1'];
    const chosen = ALL ? later : later.filter((operation) => some.some((end) => operation.endsWith(end)));
    const create: Scenario = {
      title: 'create, killed with its machine running',
      world: used,
      words: CREATE,
      faults: { SLIPWAY_CHECKPOINT: from.folder },
    };
    await expectNoLeak(create, pointsOf(chosen));
  },
  60 * MINUTES,
);

test(
  'create, killed and done again, removes what was left',
  async () => {
    const create: Scenario = {
      title: 'create, then create again',
      world: used,
      words: CREATE,
      until: BOOT,
      after: again(CREATE),
    };
    await expectNoLeak(create, pointsOf(await operationsOf(create)));
  },
  40 * MINUTES,
);

test(
  'rm, killed at whatever it does, and done again',
  async () => {
    const world = async () => {
      const made = await newWorld({ template: from.ready, images: from.images });
      await writeFile(join(made.home, 'docker', 'config.json'), JSON.stringify({ currentContext: NAME }));
      await powerOn(made, join(from.folder, 'disk.qcow2'));
      return made;
    };
    const rm: Scenario = { title: 'rm', world, words: ['rm', '-y', NAME] };
    await expectNoLeak(rm, pointsOf(await operationsOf(rm)));
  },
  40 * MINUTES,
);

/** A disk that begins as one that boots. */
const image = Buffer.alloc(1024 * 1024);
image.write('55aa', 510, 'hex');

test(
  'create, killed while it fetches an image',
  async () => {
    const server = await serving(image);
    const { port } = server.address() as AddressInfo;
    const sum = createHash('sha512').update(image).digest('hex');
    await killWithImage('create from a URL', `http://127.0.0.1:${port}/disk.img#sha512:${sum}`);
    server.close();
  },
  40 * MINUTES,
);

test(
  'create, killed while it copies an image',
  async () => {
    await writeFile(join(from.folder, 'small.img'), image);
    await killWithImage('create from a file', join(from.folder, 'small.img'));
  },
  40 * MINUTES,
);

test(
  'create, killed while it builds an image',
  async () => {
    const create: Scenario = {
      title: 'create with a build',
      world: () => newWorld({ template: from.empty }),
      words: CREATE,
      until: 'spawn setpriv --pdeathsig 1',
      faults: { SLIPWAY_FAULT_MOMENT: '3000' },
    };
    const before = await operationsOf(create);
    await expectNoLeak(create, pointsOf(before.filter((operation) => / store\/cache|setpriv/.test(operation))));
  },
  40 * MINUTES,
);

/** What is done for an image that is not in the cache, and for no other. */
async function killWithImage(title: string, given: string): Promise<void> {
  const words = ['create', NAME, '--qemu-image', given];
  const world = () => newWorld({ template: from.empty });
  const create: Scenario = { title, words, world, until: BOOT, after: again(words) };
  const operations = await operationsOf(create);
  const own = operations.filter((operation) => !from.journal.includes(operation) && isInEveryRun(operation));
  expect(own).toContainEqual(expect.stringContaining('store/cache'));
  await expectNoLeak(create, pointsOf(own));
}

/** A download is written as it comes, in more pieces or fewer; there have never been as few as three. */
function isInEveryRun(operation: string): boolean {
  const [, nth] = /^handle\.writeFile store\/cache\/.* (\d+)$/.exec(operation) ?? [];
  return Number(nth ?? 0) <= 3;
}

/** Makes the machine again, until it boots: then there is what there is without a death before, and can be removed. */
const again = (words: readonly string[]) => async (world: World) => {
  const { code, stderr } = await world.slipway(words, { SLIPWAY_FAULT_LATEST: BOOT });
  if (code !== KILLED) return [`slipway create: ${stderr}`];
  const drafts = (await readdir(world.store.cache, { recursive: true })).filter((path) => /draft|part/.test(path));
  const more = (await world.left()).filter((path) => !EXPECTED.includes(path.replace(/\.\d+-[0-9a-f]+$/, '')));
  return [...drafts, ...more, ...(await removed(world))];
};

/** What all machines share is finished, or cleared away, by the next machine. */
async function goneOrMended(world: World): Promise<string[]> {
  return [...(await removed(world)), ...(await again(CREATE)(world))];
}

const FOLDER = `store/machines/${NAME}`;
const EXPECTED = [
  `store/locks/${NAME}`,
  FOLDER,
  ...['machine.json', 'id_ed25519', 'id_ed25519.pub', 'driver'].map((file) => `${FOLDER}/${file}`),
  ...[
    'console.log',
    'definition.json',
    'disk.qcow2',
    'instance.json',
    'qemu.log',
    'seed',
    'seed/meta-data',
    'seed/user-data',
  ].map((file) => `${FOLDER}/driver/${file}`),
];

async function expectNoLeak(scenario: Scenario, points: readonly Point[]): Promise<void> {
  const chosen = ALL ? points : points.filter((_, n) => n % 2 === 0);
  const rows = await killAtEach(scenario, chosen);
  table.push(...rows);
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.filter(({ reached, leaks }) => !reached || leaks.length > 0)).toEqual([]);
}

function serving(body: Buffer): Promise<Server> {
  const server = createServer((_, response) => response.end(body));
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** One line for each scenario, and one for each death that left something. */
function summary(rows: readonly Row[]): string {
  const titles = [...new Set(rows.map(({ scenario }) => scenario))];
  const lines = titles.map((title) => {
    const own = rows.filter(({ scenario }) => scenario === title);
    return `${title}: ${own.length} deaths, ${own.filter(({ leaks }) => leaks.length > 0).length} with something left`;
  });
  const bad = rows.filter(({ leaks }) => leaks.length > 0);
  return [
    ...lines,
    ...bad.map((row) => `  ${row.scenario}, ${row.when} "${row.operation}": ${row.leaks.join(', ')}`),
  ].join('\n');
}
