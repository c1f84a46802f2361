import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import vsphere from '../../../src/drivers/vsphere/index.ts';
import { privilegesFor } from '../../clouds/vsphere/privileges.ts';
import { jsonBlocks, live } from '../policy.ts';
import { newMachine, SMALL, useCloud } from './cloud.ts';
import { newDisk } from './images.ts';

const cloud = useCloud();

const FOLDER = '[LocalDS_0] data';

const [role] = jsonBlocks('vsphere') as [Record<string, string[]>];

/** Listed to be on the safe side: none of the requests is known to need them. */
const SPARE = ['Datastore.Browse', 'VirtualMachine.Config.Settings'];

async function neededFor(work: () => Promise<void>, isTemplate = true): Promise<string[]> {
  const before = cloud().asked.length;
  await work();
  return cloud()
    .asked.slice(before)
    .flatMap((asked) => privilegesFor(asked, isTemplate));
}

test('the role of the page has what the requests of a machine’s life need, and nothing else', async () => {
  const living = { module: vsphere, small: SMALL, newMachine };
  await cloud().console.customization('linux');
  const larger = { 'vsphere-network': ['VM Network', 'DC0_DVPG0'], 'vsphere-disk-size': 40_960 };
  const folder = await mkdtemp(join(tmpdir(), 'slipway-image-'));
  const image = { 'vsphere-template': '', 'vsphere-image': await newDisk(folder), 'vsphere-datastore': 'LocalDS_1' };
  const other = await newMachine();
  await other.make();
  await cloud().console.attach(other.made.machine ?? '', FOLDER, `${FOLDER}/own.vmdk`);
  const needed = [
    ...(await neededFor(() => live(living, larger))),
    ...(await neededFor(() => live(living, { 'vsphere-customization': 'linux' }), false)),
    ...(await neededFor(() => live(living, { ...image, 'vsphere-network': ['VM Network'] }))),
    ...(await neededFor(() => other.destroy())),
  ];
  await Promise.all([cloud().console.deleteFolder(FOLDER), rm(folder, { recursive: true })]);
  expect([...new Set([...needed, ...SPARE])].sort()).toEqual(Object.values(role).flat().sort());
  expect(await cloud().left()).toEqual([]);
});
