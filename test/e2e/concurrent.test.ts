import { X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { output, run } from '../../src/program.ts';
import { listMachines } from '../../src/store/machine.ts';
import { type Checkpoint, CREATE_FLAGS, checkpoint } from '../faults/checkpoint.ts';
import { newWorld, type World } from '../faults/world.ts';

const MINUTES = 60_000;
/** Of memory, in MiB, for one machine: its own, and what QEMU takes to emulate its processor. */
const EACH = 850;

let from: Checkpoint;
let world: World;
let names: string[];

beforeAll(async () => {
  from = await checkpoint();
  world = await newWorld({ images: from.images });
  const room = Math.floor((await availableMemory()) / EACH);
  names = Array.from({ length: Math.min(20, room) }, (_, n) => `m${n + 1}`);
}, 20 * MINUTES);

afterAll(() => world.remove());

test(
  'machines are made at once in a store that is not there yet',
  async () => {
    const began = performance.now();
    const made = await Promise.all(
      names.map((name) => world.slipway(['create', name, ...CREATE_FLAGS], { SLIPWAY_CHECKPOINT: from.folder })),
    );
    expect(made.filter(({ code }) => code !== 0).map(({ stderr }) => stderr)).toEqual([]);
    const seconds = Math.round((performance.now() - began) / 1000);
    process.stdout.write(`${names.length} concurrent create: ${seconds} s\n`);
  },
  40 * MINUTES, // emulated, on two processors
);

test('no record is torn', async () => {
  const records = await listMachines(world.store);
  expect(records.map(({ name }) => name)).toEqual(names);
  expect(records.map((each) => ('machine' in each ? each.machine.phase : each.error))).toEqual(
    names.map(() => 'ready'),
  );
});

test('there is one authority, and every certificate is its own', async () => {
  const ids = (await readdir(world.store.authorities)).filter((name) => name !== 'current');
  expect(ids).toEqual([(await readFile(world.store.currentAuthority, 'utf8')).trim()]);
  const { authority, client } = world.store.authority(ids[0] ?? '');
  const servers = names.map((name) => world.store.machine(name).serverCert);
  const verified = (purpose: string, files: readonly string[]) =>
    output('openssl', ['verify', '-x509_strict', '-CAfile', authority, '-purpose', purpose, ...files]);
  expect(await verified('sslserver', servers)).toBe(servers.map((file) => `${file}: OK\n`).join(''));
  const clients = [client, ...names.map((name) => world.store.machine(name).clientCert)];
  expect(await verified('sslclient', clients)).toBe(clients.map((file) => `${file}: OK\n`).join(''));
  const certificates = await Promise.all(servers.map(async (file) => new X509Certificate(await readFile(file))));
  expect(new Set(certificates.map(({ serialNumber }) => serialNumber)).size).toBe(names.length);
});

test(
  'every engine answers docker by its own context',
  async () => {
    for (const name of names) {
      const { code, stdout, stderr } = await docker(
        '--context',
        name,
        'info',
        '--format',
        '{{.ID}} {{.ServerVersion}}',
      );
      expect({ name, code, stderr, stdout }).toEqual({
        name,
        code: 0,
        stderr: '',
        stdout: expect.stringMatching(/^\S+ \d+\./),
      });
    }
    const ports = await Promise.all(names.map((name) => output('cat', [world.store.machine(name).record])));
    expect(new Set(ports.map((record) => JSON.parse(record).endpoint.enginePort)).size).toBe(names.length);
  },
  5 * MINUTES,
);

test(
  'rm --all removes them all, and nothing is left',
  async () => {
    const listening = await world.listening();
    expect(listening.length).toBeGreaterThanOrEqual(2 * names.length);
    expect(await world.slipway(['rm', '--all', '-y'])).toMatchObject({ code: 0 });
    expect(await world.left()).toEqual([]);
    expect(await world.listening()).toEqual([]);
  },
  5 * MINUTES,
);

function docker(...words: string[]) {
  return run('docker', words, { env: world.env });
}

async function availableMemory(): Promise<number> {
  const meminfo = await readFile('/proc/meminfo', 'utf8');
  return Number(/^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1]) / 1024;
}
