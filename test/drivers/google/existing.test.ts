import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import google from '../../../src/drivers/google/index.ts';
import { run } from '../../../src/program.ts';
import { newMachine, SMALL, useCloud, withMachine } from './cloud.ts';

const cloud = useCloud();

test('a network, a subnetwork and an address of the user’s are used, and stay as they were', async () => {
  const { root } = cloud().world;
  const base = 'projects/slipway-test';
  const things = [
    cloud().give(`${base}/global/networks/prod`, 'network', { autoCreateSubnetworks: false, subnetworks: [] }),
    cloud().give(`${base}/regions/us-central1/subnetworks/prod-a`, 'subnetwork', {
      network: `${root}${base}/global/networks/prod`,
      region: `${root}${base}/regions/us-central1`,
      stackType: 'IPV4_ONLY',
    }),
    cloud().give(`${base}/regions/us-central1/addresses/front`, 'address', {
      address: '127.9.9.9',
      networkTier: 'STANDARD',
      status: 'RESERVED',
      addressType: 'EXTERNAL',
    }),
  ];
  const before = JSON.stringify(things);
  const values = { 'google-network': 'prod', 'google-subnetwork': 'prod-a', 'google-address': 'front' };
  for (const address of ['front', '127.9.9.9']) {
    await withMachine({ ...values, 'google-address': address }, async ({ driver, made }) => {
      expect(driver().parts.map(({ kind }) => kind)).toEqual(['guard', 'firewall', 'instance']);
      expect((await driver().endpoint(made))?.host).toBe('127.9.9.9');
      await driver().power?.stop(made);
      await driver().power?.start(made);
      expect((await driver().endpoint(made))?.host).toBe('127.9.9.9');
    });
    expect(JSON.stringify(things)).toBe(before);
  }
  const changing = cloud().calls.filter(
    ({ reads, what }) => !reads && /^(networks|subnetworks|addresses)\./.test(what),
  );
  expect(changing).toEqual([]);
});

test('firewall rules of the user’s are used instead of our own, and stay as they were', async () => {
  const { root } = cloud().world;
  const base = 'projects/slipway-test';
  const rule = (name: string, network: string, targetTags: string[]) =>
    cloud().give(`${base}/global/firewalls/${name}`, 'firewall', {
      network: `${root}${base}/global/networks/${network}`,
      direction: 'INGRESS',
      targetTags,
      sourceRanges: ['192.0.2.0/24'],
      allowed: [{ IPProtocol: 'tcp', ports: ['22', '2376'] }],
    });
  const things = [rule('office', 'default', ['for-office']), rule('monitoring', 'default', ['watched', 'for-office'])];
  const before = JSON.stringify(things);
  await withMachine({ 'google-firewall': 'office,monitoring', 'google-tags': 'web' }, async ({ driver, keyOf }) => {
    expect(driver().parts.map(({ kind }) => kind)).toEqual(['instance']);
    expect(driver().admit).toBeUndefined();
    await driver().check?.();
    const [instance] = cloud().world.all(new RegExp(`/instances/${keyOf('instance')}$`));
    expect(instance).toMatchObject({ tags: { items: ['for-office', 'watched', 'web'] } });
  });
  expect(JSON.stringify(things)).toBe(before);
  rule('inside', 'prod', ['in']);
  for (const [named, message] of [
    ['inside', 'The rule "inside" is of another network than "default"'],
    ['ofice', 'There is no firewall rule "ofice" in "slipway-test"'],
  ] as const) {
    const machine = await newMachine({ 'google-firewall': named });
    await expect(machine.driver().check?.()).rejects.toMatchObject({ code: 'bad-input', message });
    await machine.place.remove();
  }
  await expect(
    newMachine({ 'google-firewall': 'office', 'google-network': 'own' }).then((each) => each.driver()),
  ).rejects.toMatchObject({ code: 'bad-input' });
});

test('a private key of the user’s opens the machine', async () => {
  await withMachine({ 'google-ssh-key': '/home/ada/key' }, async ({ driver, made }) => {
    expect(driver().key).toBe('/home/ada/key');
    expect(await driver().endpoint(made)).toMatchObject({ identity: { file: '/home/ada/key' } });
  });
});

test('the network of a subnetwork need not be named', async () => {
  await withMachine({ 'google-subnetwork': 'default' }, async ({ made }) => {
    expect(made.instance).toBeDefined();
  });
});

test('a machine that is there already is taken over as it is', async () => {
  await withMachine({}, async (owner) => {
    const instance = owner.keyOf('instance');
    const machine = await newMachine({ 'google-use-existing': true, 'google-username': 'ada' });
    const site = { ...machine.place.site, machine: instance };
    const driver = google.driver({ ...SMALL, 'google-use-existing': true, 'google-username': 'ada' }, site);
    expect(driver.parts).toEqual([]);
    expect(driver.admit).toBeUndefined();
    await driver.check?.();
    expect(await endpointFor(instance)).toMatchObject({
      sshUser: 'ada',
      identity: { file: expect.stringMatching(/google_compute_engine$/) },
    });
    expect(await driver.power?.state({})).toBe('Running');
    await expect(machine.driver().check?.()).rejects.toMatchObject({ code: 'bad-input' });
    await machine.place.remove();
  });
});

/** Where a process says it is that has gcloud's key in its home, and no agent. */
async function endpointFor(machine: string): Promise<unknown> {
  const home = await mkdtemp(join(tmpdir(), 'slipway-home-'));
  try {
    await mkdir(join(home, '.ssh'));
    await writeFile(join(home, '.ssh', 'google_compute_engine'), 'a key', { mode: 0o600 });
    const script = `
      const { default: google } = await import('${resolve('src/drivers/google/index.ts')}');
      const site = { machine: '${machine}', labels: {}, ingress: { from: [], engine: true, open: [] } };
      const values = { 'google-project': 'slipway-test', 'google-use-existing': true, 'google-username': 'ada' };
      console.log(JSON.stringify(await google.driver(values, site).endpoint({})));`;
    const env = { ...process.env, HOME: home, SSH_AUTH_SOCK: '' };
    const { code, stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', script], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
