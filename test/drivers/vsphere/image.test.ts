import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import vsphere from '../../../src/drivers/vsphere/index.ts';
import type { FlagValues } from '../../../src/flags.ts';
import type { Fault } from '../../clouds/cloud.ts';
import { checked } from '../machines.ts';
import { newMachine, SMALL, useCloud, withMachine } from './cloud.ts';
import { descriptorOf, newDisk, newOva } from './images.ts';

let folder: string;
let ova: string;
let disk: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-images-'));
  disk = await newDisk(folder);
  ova = await newOva(folder, disk);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const sum = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

const of = (path: string, more: FlagValues = {}): FlagValues => ({
  'vsphere-template': '',
  'vsphere-image': path,
  'vsphere-datastore': 'LocalDS_1',
  'vsphere-network': ['VM Network'],
  ...more,
});

describe('a vCenter', () => {
  const cloud = useCloud();
  const thing = async (id: string | undefined) => (await cloud().there()).find(({ Id }) => Id === id);
  const bodies = (method: string) => cloud().asked.flatMap((each) => (each.method === method ? [each.body] : []));

  test('a machine is made of an OVA, and has its labels from its first moment', async () => {
    const values = of(ova, { 'vsphere-cpu-count': 4, 'vsphere-disk-size': 4096, 'vsphere-hostsystem': 'DC0_C0_H1' });
    await withMachine(values, async ({ made, keyOf, driver }) => {
      expect(await thing(made.machine)).toMatchObject({
        What: `machine ${keyOf('machine')}`,
        State: 'poweredOn',
        Cpus: 4,
        Memory: 2048,
        Disks: [4096],
        Datastores: ['LocalDS_1'],
        Networks: ['VM Network', 'VM Network'],
      });
      expect(cloud().uploads.at(-1)).toBe(await sum(disk));
      expect(bodies('ImportVApp').at(-1)).toContain(`slipway-key=${keyOf('machine')}`);
      expect(bodies('CreateImportSpec').at(-1)).toMatch(/<name>bridged<.*<name>second<.*<diskProvisioning>thin</s);
      expect(bodies('HttpNfcLeaseProgress').length).toBeGreaterThan(0);
      expect((await vsphere.fleet?.survey(SMALL))?.map(({ id }) => id)).toEqual([made.machine]);
      expect(await driver().endpoint(made)).toMatchObject({ sshPort: 22 });
    });
    expect(await cloud().left()).toEqual([]);
  });

  test('a machine is made of a disk for clouds', async () => {
    await withMachine(of(disk), async ({ made }) => {
      expect(await thing(made.machine)).toMatchObject({
        State: 'poweredOn',
        Disks: [20_480],
        Networks: ['VM Network'],
      });
      expect(cloud().uploads.at(-1)).toBe(await sum(disk));
    });
    expect(await cloud().left()).toEqual([]);
  });

  test('what was asked for twice is there once', async () => {
    const machine = await newMachine(of(ova));
    await machine.make();
    const first = { ...machine.made };
    await machine.make();
    expect(machine.made).toEqual(first);
    await machine.destroy();
    expect(await cloud().left()).toEqual([]);
  });

  test('one that an earlier command left half made is made anew', async () => {
    const machine = await newMachine(of(ova));
    let left = true;
    cloud().intercept = ({ what }, when) => {
      if (!left) return undefined;
      if (what === 'HttpNfcLeaseAbort') return 'drop';
      return what === 'POST nfc' && when === 'before' ? 'drop' : undefined;
    };
    await expect(machine.make()).rejects.toMatchObject({ code: 'refused', hint: expect.stringMatching(/ESXi host/) });
    expect((await cloud().left()).filter((each) => each.startsWith('machine'))).toHaveLength(1);
    left = false;
    await machine.make();
    expect(await thing(machine.made.machine)).toMatchObject({ State: 'poweredOn' });
    await machine.destroy();
    expect(await cloud().left()).toEqual([]);
  });

  test('wherever it fails or an answer is lost, nothing is left', async () => {
    const points = new Set<string>();
    for (const moment of ['before', 'after'] as const) {
      for (;;) {
        const machine = await newMachine(of(ova));
        let struck: string | undefined;
        cloud().intercept = ({ what, reads }, when) => {
          if (reads || when !== moment || struck !== undefined || points.has(`${what} ${moment}`)) return undefined;
          struck = what;
          points.add(`${what} ${moment}`);
          return 'drop';
        };
        await machine.make().catch(() => undefined);
        cloud().intercept = () => undefined;
        await machine.destroy();
        expect({ struck, left: await cloud().left() }).toEqual({ struck, left: [] });
        if (struck === undefined) break;
      }
    }
    expect([...points].filter((point) => /ImportVApp|nfc|Complete/.test(point))).toHaveLength(6);
  });

  test.each<[string, Fault, string, RegExp]>([
    ['does not take the disk', { status: 503, body: '' }, 'refused', /trouble of its own/],
    ['closes the door', 'drop', 'refused', /"debian-disk1\.vmdk" could not be sent to "localhost"/],
  ])('a host that %s leaves nothing', async (_, fault, code, message) => {
    const machine = await newMachine(of(ova));
    cloud().intercept = ({ what }, when) => (what === 'POST nfc' && when === 'before' ? fault : undefined);
    await expect(machine.make()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    cloud().intercept = () => undefined;
    expect(await cloud().left()).toEqual([]);
    await machine.destroy();
  });

  test('what is interrupted is given up', async () => {
    const machine = await newMachine(of(ova));
    const stop = new AbortController();
    cloud().intercept = ({ what }, when) => {
      if (what !== 'POST nfc' || when !== 'before') return undefined;
      stop.abort();
      return 'silence';
    };
    await expect(machine.make({ signal: stop.signal })).rejects.toMatchObject({ code: 'interrupted' });
    cloud().intercept = () => undefined;
    expect(cloud().calls.map(({ what }) => what)).toContain('HttpNfcLeaseAbort');
    expect(await cloud().left()).toEqual([]);
    await machine.destroy();
  });

  test.each([
    ['damaged', async () => newOva(await sub(), disk, { 'debian-disk1.vmdk': 'other' }), 'unsafe', /checksum/],
    ['cut short', async () => cut(await newOva(await sub(), disk)), 'bad-input', /cannot be read to its end/],
    [
      'without its disk',
      async () => newOva(await sub(), disk, { 'debian-disk1.vmdk': '', 'debian.mf': '' }),
      'bad-input',
      /no "debian-disk1/,
    ],
  ])('an OVA that is %s leaves nothing', async (_, path, code, message) => {
    const machine = await newMachine(of(await path()));
    await expect(machine.make()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await cloud().left()).toEqual([]);
    await machine.destroy();
  });

  test.each<[string, () => Promise<string>, RegExp, FlagValues?]>([
    ['is not there', async () => join(folder, 'none'), /cannot be read/],
    ['is no image', async () => written('notes', 'x'.repeat(600)), /neither an OVA nor a disk/],
    [
      'is a disk that is not made to be sent',
      () => newDisk(folder, 'monolithicSparse'),
      /kind that is made to be sent/,
    ],
    [
      'begins with something else',
      async () => newOva(await sub(), disk, { 'debian.ovf': '' }),
      /begin with a descriptor/,
    ],
    ['has a descriptor that is none', async () => newOva(await sub(), disk, { 'debian.ovf': 'none <' }), /no XML/],
    ['goes to no one datastore', async () => ova, /datastore/, { 'vsphere-datastore': '' }],
    ['goes into no one network', async () => ova, /network/, { 'vsphere-network': [] }],
  ])('one that %s is told before anything is made', async (_, path, message, more = {}) => {
    const before = cloud().calls.length;
    expect(await checked(await newMachine(of(await path(), more)))).toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(message),
    });
    expect(
      cloud()
        .calls.slice(before)
        .filter(({ reads }) => !reads),
    ).toEqual([]);
  });

  test.each(['ovf:compression="gzip"', 'ovf:chunkSize="7516192768"'])(
    'one with a file of %s is refused',
    async (how) => {
      const descriptor = descriptorOf(1).replace('<File ', `<File ${how} `);
      const path = await newOva(await sub(), disk, { 'debian.ovf': descriptor });
      expect(await checked(await newMachine(of(path)))).toMatchObject({
        code: 'unsupported',
        message: 'The file "debian-disk1.vmdk" of the image is compressed, or in pieces',
      });
    },
  );

  test('a plan says what it is made of', async () => {
    const { driver, place } = await newMachine(of(ova));
    const [part] = (await driver().plan?.())?.parts ?? [];
    expect(part?.what).toMatch(/^made of the image "debian\.ova", whose disks go to "LocalDS_1", 2 processors/);
    await place.remove();
  });

  const sub = () => mkdtemp(join(folder, 'sub-'));
  const cut = async (path: string) => {
    await truncate(path, 20_000);
    return path;
  };
  const written = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
});

describe('an ESXi by itself', () => {
  const cloud = useCloud({ esx: true });
  const here = { 'vsphere-cluster': '', 'vsphere-datastore': '' };

  test('makes a machine of an image, and has its whole life', async () => {
    const machine = await newMachine(of(ova, here));
    await machine.make();
    expect(cloud().uploads).toEqual([await sum(disk)]);
    expect(await machine.driver().power?.state(machine.made)).toBe('Running');
    await machine.driver().power?.stop(machine.made);
    await machine.driver().power?.start(machine.made);
    expect(await machine.driver().endpoint(machine.made)).toMatchObject({ sshPort: 22 });
    await machine.destroy();
    expect(await cloud().left()).toEqual([]);
  });
});
