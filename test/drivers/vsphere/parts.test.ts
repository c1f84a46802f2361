import { gunzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import vsphere from '../../../src/drivers/vsphere/index.ts';
import { userDataOf } from '../../../src/drivers/vsphere/spec.ts';
import type { Thing } from '../../clouds/vsphere/simulator.ts';
import { newMachine, SMALL, useCloud, withMachine } from './cloud.ts';

const cloud = useCloud();

async function machineAt(id: string | undefined): Promise<Thing> {
  const found = (await cloud().there()).find((thing) => thing.Id === id);
  if (!found) throw new Error(`There is no machine ${id}`);
  return found;
}

/** The bodies of the requests of a method. */
const bodies = (method: string) => cloud().asked.flatMap((each) => (each.method === method ? [each.body] : []));

test('a machine is as it was asked for, and bears its labels', async () => {
  const values = {
    'vsphere-cpu-count': 4,
    'vsphere-memory-size': 1024,
    'vsphere-disk-size': 40_960,
    'vsphere-cfgparam': ['disk.enableUUID=TRUE'],
    'vsphere-ssh-user': 'ada',
    'vsphere-ssh-port': 2222,
  };
  await withMachine(values, async ({ made, keyOf, place, driver }) => {
    const machine = await machineAt(made.machine);
    const text = (name: string) => Buffer.from(machine.Extra[name] ?? '', 'base64').toString();
    expect(machine).toMatchObject({
      What: `machine ${keyOf('machine')}`,
      State: 'poweredOn',
      Cpus: 4,
      Memory: 1024,
      Disks: [40_960],
    });
    expect(machine.Extra).toMatchObject({ 'disk.enableUUID': 'TRUE', 'guestinfo.userdata.encoding': 'base64' });
    expect(text('guestinfo.userdata')).toBe(place.site.bootstrap?.userData);
    expect(JSON.parse(text('guestinfo.metadata'))).toEqual({
      'instance-id': keyOf('machine'),
      'local-hostname': place.site.machine,
    });
    const [found] = (await vsphere.fleet?.survey(SMALL)) ?? [];
    const labels = { ...place.site.labels, 'slipway-key': keyOf('machine') };
    expect(found).toEqual({ kind: 'machine', id: made.machine, labels });
    expect(driver().user).toBe('ada');
    expect(await driver().endpoint(made)).toEqual({
      host: machine.Address,
      sshPort: 2222,
      sshUser: 'ada',
      enginePort: 2376,
      names: [],
    });
  });
  expect(await cloud().left()).toEqual([]);
});

test('it is labelled from its first moment', async () => {
  await withMachine({}, async ({ keyOf }) => {
    expect(bodies('CloneVM_Task').at(-1)).toContain(`slipway-key=${keyOf('machine')}`);
  });
});

test('its cards are put into the networks, as many as there are', async () => {
  const networks = ['VM Network', 'DC0_DVPG0'];
  await withMachine({ 'vsphere-network': networks }, async ({ made }) => {
    expect((await machineAt(made.machine)).Networks).toEqual(['VM Network', expect.stringMatching(/^dvportgroup-/)]);
  });
  expect(await cloud().left()).toEqual([]);
});

test('it is put where it was asked for', async () => {
  const values = {
    'vsphere-datacenter': 'DC0',
    'vsphere-folder': '/DC0/vm',
    'vsphere-pool': 'DC0_C0_RP1',
    'vsphere-hostsystem': 'DC0_C0_H1',
    'vsphere-datastore': 'LocalDS_1',
  };
  await withMachine(values, async ({ made }) => {
    expect(await machineAt(made.machine)).toMatchObject({ Pool: 'DC0_C0_RP1', Datastores: ['LocalDS_1'] });
    expect(bodies('CloneVM_Task').at(-1)).toMatch(/<datastore.*<pool.*<host type="HostSystem">/);
  });
});

test('what was asked for twice is there once', async () => {
  const machine = await newMachine();
  await machine.make();
  const first = { ...machine.made };
  await machine.make();
  expect(machine.made).toEqual(first);
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('a lost answer makes no second one', async () => {
  const lost = new Set<string>();
  cloud().intercept = ({ what, reads }, when) => {
    if (when !== 'after' || reads || lost.has(what)) return undefined;
    lost.add(what);
    return 'drop';
  };
  await withMachine({}, async () => {
    expect([...lost]).toEqual(['CloneVM_Task', 'ReconfigVM_Task', 'PowerOnVM_Task']);
    expect((await cloud().left()).filter((each) => each.startsWith('machine'))).toHaveLength(1);
  });
  expect(await cloud().left()).toEqual([]);
});

test('a disk that somebody attached later stays', async () => {
  const machine = await newMachine();
  await machine.make();
  await cloud().console.attach(machine.made.machine ?? '', FOLDER, `${FOLDER}/own.vmdk`);
  await machine.destroy();
  expect(bodies('ReconfigVM_Task').at(-1)).toMatch(/<operation>remove<.*own\.vmdk/);
  expect(await cloud().left()).toEqual([`file ${FOLDER}/own-flat.vmdk`, `file ${FOLDER}/own.vmdk`]);
  await cloud().console.deleteFolder(FOLDER);
  expect(await cloud().left()).toEqual([]);
});

const FOLDER = '[LocalDS_0] data';

test('one that somebody moved and renamed is still the machine’s', async () => {
  const machine = await newMachine();
  await machine.make();
  await cloud().console.rename(machine.made.machine ?? '', 'renamed');
  expect(await machine.driver().power?.state(machine.made)).toBe('Running');
  expect(await vsphere.fleet?.survey(SMALL)).toEqual([]);
  await machine.destroy();
  expect((await cloud().left()).filter((each) => each.startsWith('machine'))).toEqual([]);
});

test('a clone that somebody made of ours is theirs', async () => {
  await withMachine({}, async ({ made, keyOf }) => {
    const theirs = await cloud().console.clone(made.machine ?? '', 'template of mine');
    expect((await machineAt(theirs)).Notes).toContain(`slipway-key=${keyOf('machine')}`);
    expect((await vsphere.fleet?.survey(SMALL))?.map(({ id }) => id)).toEqual([made.machine]);
    await cloud().console.vanish(theirs);
  });
});

test('a new end stands in the notes, with what somebody wrote there', async () => {
  await withMachine({}, async ({ made, place }) => {
    const labels = { ...place.site.labels, 'slipway-expires': '1795326502' };
    await vsphere.driver(SMALL, { ...place.site, labels }).relabel?.(made);
    await vsphere.driver(SMALL, { ...place.site, labels }).relabel?.(made);
    const { Notes } = await machineAt(made.machine);
    expect(Notes.match(/slipway-expires/g)).toHaveLength(1);
    expect(Notes).toMatch(/^A machine of Slipway\.\nslipway-store=0123abcd\n/);
    const [found] = (await vsphere.fleet?.survey(SMALL)) ?? [];
    expect(found?.labels).toMatchObject({ 'slipway-expires': '1795326502', 'slipway-store': '0123abcd' });
  });
});

test('a machine without Tools is switched off', async () => {
  await withMachine({ 'vsphere-cfgparam': ['test.no-tools=1'] }, async ({ made, driver }) => {
    expect(await driver().endpoint(made)).toBeUndefined();
    await driver().power?.restart?.(made);
    await driver().power?.stop(made);
    expect(await driver().power?.state(made)).toBe('Stopped');
    expect(
      cloud()
        .asked.slice(-20)
        .map(({ method }) => method),
    ).toEqual(expect.arrayContaining(['ResetVM_Task', 'PowerOffVM_Task']));
  });
});

test('Tools shut the system down and restart it', async () => {
  await withMachine({}, async ({ made, driver }) => {
    const from = cloud().asked.length;
    await driver().power?.restart?.(made);
    await driver().power?.stop(made);
    const methods = cloud()
      .asked.slice(from)
      .map(({ method }) => method);
    expect(methods.filter((method) => /Guest|_Task/.test(method))).toEqual(['RebootGuest', 'ShutdownGuest']);
  });
});

test('a customization specification of the vCenter is applied before the first boot', async () => {
  await cloud().console.customization('linux');
  await withMachine({ 'vsphere-customization': 'linux' }, async () => {
    expect(bodies('CustomizeVM_Task').at(-1)).toMatch(/xsi:type="CustomizationLinuxPrep".*<domain>example\.com</s);
  });
});

test('a private key of the user’s opens the machine', async () => {
  await withMachine({ 'vsphere-ssh-key-path': '/home/ada/key' }, async ({ driver, made }) => {
    expect(driver().key).toBe('/home/ada/key');
    expect(await driver().endpoint(made)).toMatchObject({ identity: { file: '/home/ada/key' } });
  });
});

test('long user data is packed, and what is too long even so gets a sentence', () => {
  const long = `#cloud-config\n# ${'0123456789'.repeat(10_000)}\n`;
  const { text, encoding } = userDataOf(long);
  expect(encoding).toBe('gzip+base64');
  expect(gunzipSync(Buffer.from(text, 'base64')).toString()).toBe(long);
  const longer = `#cloud-config\n# ${Array.from({ length: 10_000 }, () => Math.random()).join()}\n`;
  expect(() => userDataOf(longer)).toThrow(expect.objectContaining({ code: 'bad-input' }));
});

test('a machine that somebody deleted is gone', async () => {
  const machine = await newMachine();
  await machine.make();
  const id = machine.made.machine ?? '';
  await machine.driver().power?.kill?.(machine.made);
  await cloud().console.vanish(id);
  expect(await machine.driver().power?.state(machine.made)).toBe('Gone');
  expect(await machine.driver().endpoint(machine.made)).toBeUndefined();
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});
