import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { lendCredentials } from '../../src/machine/credentials.ts';
import { driverOf } from '../../src/machine/driving.ts';
import { type Config, readConfig } from '../../src/store/docker-machine/config.ts';
import { addMachine, eraseMachine, listMachines, readMachine, saveMachine } from '../../src/store/machine.ts';
import {
  EC2,
  newOldStore,
  OLD_ROOT,
  type OldStore,
  OPENSTACK,
  SOFTLAYER,
  VSPHERE,
  version0,
  version1,
  version2,
  version3,
} from './records.ts';

let old: OldStore;

beforeEach(async () => {
  old = await newOldStore();
});

afterEach(() => old.remove());

const web = version3('web', 'amazonec2', EC2);

test.each([
  ['3', web],
  ['2', version2(web)],
  ['1', version1(web)],
  ['0', version0(web)],
])('a record of version %s is read as a machine, and nothing is written', async (_, config) => {
  await old.add('web', config);
  const before = await old.files();
  const { root } = old.store;
  const machine = await readMachine(old.store, 'web');
  expect(machine).toMatchObject({
    driver: 'amazonec2',
    phase: 'ready',
    adopted: false,
    setUpBy: 'docker-machine',
    endpoint: {
      host: '198.51.100.7',
      sshPort: 22,
      sshUser: 'ubuntu',
      enginePort: 2376,
      identity: { file: `${root}/machines/web/id_rsa` },
    },
    notes: [
      { kind: 'key-pair', id: 'web' },
      { kind: 'instance', id: 'i-0a1b2c3d' },
    ],
    tls: {
      files: {
        ca: `${root}/certs/ca.pem`,
        caKey: `${root}/certs/ca-key.pem`,
        clientCert: `${root}/certs/cert.pem`,
        clientKey: `${root}/certs/key.pem`,
      },
    },
    credentials: { 'amazonec2-access-key': 'AKIAOLD', 'amazonec2-secret-key': 'old-secret' },
  });
  expect(machine.flags).toEqual({
    'amazonec2-region': 'eu-west-1',
    'amazonec2-request-spot-instance': false,
    'amazonec2-private-address-only': false,
    'amazonec2-use-private-address': false,
    'amazonec2-insecure-transport': false,
    'amazonec2-ssh-user': 'ubuntu',
    'amazonec2-ssh-port': 22,
    'amazonec2-ssh-keypath': `${root}/machines/web/id_rsa`,
    'amazonec2-security-group': ['docker-machine', 'sg-01'],
  });
  expect(await readConfig(old.store, 'web')).toMatchObject({
    ConfigVersion: 3,
    Name: 'web',
    Driver: { StorePath: root, InstanceId: 'i-0a1b2c3d' },
    HostOptions: {
      AuthOptions: {
        StorePath: `${root}/machines/web`,
        CaPrivateKeyPath: `${root}/certs/ca-key.pem`,
        CertDir: `${root}/certs`,
      },
    },
  });
  expect(await old.files()).toEqual(before);
});

test('what inspect shows of a record of this store is the file, key by key', async () => {
  const config = version3('n1', 'none', { URL: 'tcp://127.0.0.1:2376' }, old.store.root);
  await old.add('n1', config);
  expect(JSON.stringify(await readConfig(old.store, 'n1'))).toBe(JSON.stringify(config));
});

test.each([
  ['another home folder', '/Users/ann/.docker/machine', (path: string) => `/Users/ann/.docker/machine/${path}`],
  ['a relative one', './store', (path: string) => `./store/${path}`],
  ['the working folder', '.', (path: string) => path],
])('paths of %s lead into the present store', async (_, root, at) => {
  const config = version3('g1', 'generic', {
    IPAddress: '192.0.2.1',
    SSHKeyPath: at('machines/g1/id'),
    StorePath: root,
  });
  const auth = Object.entries(config.HostOptions.AuthOptions).map(([key, value]) => [
    key,
    typeof value === 'string' && value.startsWith(OLD_ROOT) ? at(value.slice(OLD_ROOT.length + 1)) : value,
  ]);
  await old.add('g1', { ...config, HostOptions: { ...config.HostOptions, AuthOptions: Object.fromEntries(auth) } });
  const { endpoint, tls } = await readMachine(old.store, 'g1');
  expect(endpoint?.identity).toEqual({ file: join(old.store.root, 'machines/g1/id') });
  expect(tls.files).toEqual(old.store.oldCerts);
});

test('certificates that are not in the store stay where they are', async () => {
  const config = version3('web', 'amazonec2', EC2);
  const AuthOptions = { ...config.HostOptions.AuthOptions, CaCertPath: '/etc/ssl/certs/own-ca.pem' };
  await old.add('web', { ...config, HostOptions: { ...config.HostOptions, AuthOptions } });
  expect((await readMachine(old.store, 'web')).tls.files?.ca).toBe('/etc/ssl/certs/own-ca.pem');
});

test.each([
  ['generic', { IPAddress: '192.0.2.1', SSHUser: 'root', SSHPort: 2222, EnginePort: 2377, SSHKey: '' }, [], 2377],
  ['digitalocean', { IPAddress: '192.0.2.1', DropletID: 7, SSHKeyID: 5, Region: 'nyc3' }, ['key 5', 'droplet 7'], 2376],
  ['digitalocean', { IPAddress: '192.0.2.1', DropletID: 7, SSHKeyID: 5, SSHKeyFingerprint: 'aa' }, ['droplet 7'], 2376],
  [
    'google',
    { IPAddress: '192.0.2.1', Project: 'p', Zone: 'us-central1-a' },
    ['disk projects/p/zones/us-central1-a/disks/m-disk', 'instance projects/p/zones/us-central1-a/instances/m'],
    2376,
  ],
  [
    'azure',
    { IPAddress: '192.0.2.1', SubscriptionID: 'S', ResourceGroup: 'g', DockerPort: 2377 },
    [
      'security-group /subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/m-firewall',
      'address /subscriptions/s/resourceGroups/g/providers/Microsoft.Network/publicIPAddresses/m-ip',
      'interface /subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkInterfaces/m-nic',
      'instance /subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/m',
    ],
    2377,
  ],
  ['openstack', OPENSTACK, ['keypair m-0123abcd', 'server 0f0e0d0c-1111-2222-3333-444455556666'], 2376],
  ['openstack', { ...OPENSTACK, ExistingKey: true }, ['server 0f0e0d0c-1111-2222-3333-444455556666'], 2376],
  ['softlayer', SOFTLAYER, ['key 5', 'guest 7'], 2376],
  ['vmwarevsphere', VSPHERE, ['machine DC0/vm/tests/m'], 2376],
  ['vmwarevsphere', { ...VSPHERE, Datacenter: '', Folder: '' }, ['machine vm/m'], 2376],
  ['virtualbox', { IPAddress: '192.0.2.1', SSHUser: 'docker', SSHPort: 51_022 }, [], 2376],
])('a machine of %s is known by what docker-machine made, and by its ports', async (driver, own, parts, port) => {
  await old.add('m', version3('m', driver, own));
  const { notes, endpoint } = await readMachine(old.store, 'm');
  expect(notes.map(({ kind, id }) => `${kind} ${id}`)).toEqual(parts);
  expect(endpoint?.enginePort).toBe(port);
});

test.each([
  [
    'openstack',
    OPENSTACK,
    {
      'openstack-auth-url': 'https://cloud.example:5000/v2.0',
      'openstack-domain-name': 'Default',
      'openstack-tenant-name': 'web',
      'openstack-tenant-id': 'aa00',
      'openstack-region': 'RegionOne',
      'openstack-net-name': 'inside',
      'openstack-ip-version': 4,
      'openstack-insecure': false,
      'openstack-ssh-user': 'ubuntu',
      'openstack-ssh-port': 22,
      'openstack-private-key-file': 'STORE/machines/m/id_rsa',
      'openstack-flavor-id': 'f1',
      'openstack-image-id': 'i1',
      'openstack-floatingip': '192.0.2.1',
    },
  ],
  [
    'softlayer',
    { ...SOFTLAYER, IPAddress: '10.0.0.7' },
    {
      'softlayer-api-endpoint': 'https://api.softlayer.com/rest/v3.1',
      'softlayer-domain': 'example.com',
      'softlayer-ssh-user': 'root',
      'softlayer-ssh-port': 22,
      'softlayer-use-private-address': true,
    },
  ],
  [
    'vmwarevsphere',
    VSPHERE,
    {
      'vsphere-vcenter': 'vc.example',
      'vsphere-vcenter-port': 443,
      'vsphere-template': 'unknown',
      'vsphere-ssh-user': 'docker',
      'vsphere-ssh-port': 22,
    },
  ],
])('a machine of %s has flags that our driver takes, and keeps its credentials apart', async (name, own, flags) => {
  await old.add('m', version3('m', name, { ...own, SSHKeyPath: `${OLD_ROOT}/machines/m/id_rsa` }));
  const machine = await readMachine(old.store, 'm');
  const driver = name.replace('vmware', '');
  const here = JSON.parse(JSON.stringify(flags).replace('STORE', old.store.root));
  expect(machine).toMatchObject({ driver, setUpBy: 'docker-machine', adopted: false, flags: here });
  expect(machine.flags).toEqual(here);
  expect(await driverOf(old.work, machine)).toMatchObject({ power: expect.anything() });
  expect(Object.keys(machine.credentials ?? {}).map((flag) => flag.replace(`${driver}-`, ''))).toEqual(
    name === 'softlayer' ? ['user', 'api-key'] : ['username', 'password'],
  );
  const env: NodeJS.ProcessEnv = {};
  await lendCredentials(old.work, ['m'], env);
  expect(Object.values(env)).toEqual(['ann', 'old-secret']);
  const before = (await readConfig(old.store, 'm')) as Config;
  await saveMachine(old.store, machine);
  expect(await readConfig(old.store, 'm')).toEqual({
    ...before,
    Driver: { ...before.Driver, SSHUser: expect.any(String), SSHPort: 22 },
  });
  expect(await readMachine(old.store, 'm')).toEqual(machine);
});

test.each([
  [
    'softlayer',
    { 'softlayer-api-endpoint': 'https://sl.example', 'softlayer-cpu': 2 },
    [
      ['key', '5'],
      ['guest', '7'],
    ],
    {
      Client: { Endpoint: 'https://sl.example', User: 'ann', ApiKey: 'new-secret' },
      Id: 7,
      SSHKeyID: 5,
    },
  ],
  [
    'vsphere',
    { 'vsphere-vcenter': 'vc.example', 'vsphere-network': ['a'] },
    [['machine', 'vm-7']],
    {
      IP: 'vc.example',
      Networks: ['a'],
      Username: 'ann',
      Password: 'new-secret',
    },
  ],
  [
    'openstack',
    { 'openstack-flavor-name': 'm1.small' },
    [
      ['keypair', 'k'],
      ['server', 's'],
    ],
    {
      FlavorName: 'm1.small',
      KeyPairName: 'k',
      MachineId: 's',
      Username: 'ann',
      Password: 'new-secret',
    },
  ],
])('a machine of ours of %s has the old shape too', async (driver, flags, parts, expected) => {
  await old.add('m', version3('m', driver, { ...SOFTLAYER, ...OPENSTACK, ...VSPHERE }));
  const { setUpBy: _, ...machine } = await readMachine(old.store, 'm');
  await eraseMachine(old.store, 'm');
  const secrets = driver === 'softlayer' ? ['user', 'api-key'] : ['username', 'password'];
  const credentials = { [`${driver}-${secrets[0]}`]: 'ann', [`${driver}-${secrets[1]}`]: 'new-secret' };
  const notes = parts.map(([kind = '', id = '']) => ({ kind, id, key: `k-${kind}`, asked: machine.created }));
  await addMachine(old.store, { ...machine, driver, flags, notes, credentials });
  expect(await readConfig(old.store, 'm')).toMatchObject({
    DriverName: driver === 'vsphere' ? 'vmwarevsphere' : driver,
    Driver: expected,
  });
  expect(await readMachine(old.store, 'm')).toMatchObject({ driver, flags, credentials });
});

test('the first change keeps the bytes that were there, and config.json stays in the old shape', async () => {
  await old.add('web', web);
  const { record } = old.store.machine('web');
  const before = await readFile(record, 'utf8');
  const machine = await readMachine(old.store, 'web');
  await saveMachine(old.store, { ...machine, endpoint: { ...machine.endpoint, host: '198.51.100.9' } as never });
  expect(await readFile(`${record}.bak`, 'utf8')).toBe(before);
  const text = await readFile(record, 'utf8');
  expect(JSON.parse(text)).toMatchObject({
    ConfigVersion: 3,
    Driver: { ...EC2, IPAddress: '198.51.100.9', SSHKeyPath: join(old.store.root, 'machines/web/id_rsa') },
    DriverName: 'amazonec2',
    HostOptions: { EngineOptions: { ArbitraryFlags: ['log-level=warn'], Labels: ['team=web'] } },
    Name: 'web',
  });
  expect(text).toMatch(/^\{\n {4}"ConfigVersion": 3,\n {4}"Driver": \{\n {8}"IPAddress"/);
  expect(JSON.stringify(JSON.parse(text).Slipway)).not.toContain('old-secret');
  expect((await stat(record)).mode & 0o777).toBe(0o600);
  const again = await readMachine(old.store, 'web');
  expect(again).toEqual({ ...machine, endpoint: { ...machine.endpoint, host: '198.51.100.9' } });
  await saveMachine(old.store, again);
  expect(await readFile(`${record}.bak`, 'utf8')).toBe(before);
});

test('a record that docker-machine has saved since is read as one of its own', async () => {
  await old.add('web', web);
  const machine = await readMachine(old.store, 'web');
  await saveMachine(old.store, { ...machine, hostKeys: ['ssh-ed25519 AAAA'] });
  const { Slipway: _, ...saved } = JSON.parse(await readFile(old.store.machine('web').record, 'utf8'));
  await old.add('web', { ...saved, Driver: { ...saved.Driver, IPAddress: '198.51.100.10' } });
  const again = await readMachine(old.store, 'web');
  expect(again.endpoint?.host).toBe('198.51.100.10');
  expect(again.notes).toEqual([
    expect.objectContaining({ kind: 'key-pair', id: 'web' }),
    expect.objectContaining({ kind: 'instance', id: 'i-0a1b2c3d' }),
  ]);
});

test('a machine of ours has the old shape too, with what it is made of', async () => {
  await old.add('web', web);
  const machine = await readMachine(old.store, 'web');
  await eraseMachine(old.store, 'web');
  const { setUpBy: _, ...rest } = machine;
  const flags = { 'amazonec2-region': 'eu-west-1', 'amazonec2-zone': 'a', 'amazonec2-instance-type': 't3.micro' };
  await addMachine(old.store, { ...rest, flags, installUrl: 'https://get.example/?a=1&b=<2>' });
  const text = await readFile(old.store.machine('web').record, 'utf8');
  expect(JSON.parse(text)).toMatchObject({
    Driver: {
      Region: 'eu-west-1',
      Zone: 'a',
      InstanceType: 't3.micro',
      InstanceId: 'i-0a1b2c3d',
      AccessKey: 'AKIAOLD',
    },
    HostOptions: { AuthOptions: { StorePath: join(old.store.root, 'machines/web') } },
  });
  expect(text).toContain('"InstallURL": "https://get.example/?a=1\\u0026b=\\u003c2\\u003e"');
  await expect(addMachine(old.store, machine)).rejects.toMatchObject({ code: 'exists' });
});

test('broken records are told as broken, and do not hide the others', async () => {
  await old.add('web', web);
  await old.add('new', { ...web, ConfigVersion: 4 });
  await old.add('torn', {});
  await writeFile(old.store.machine('torn').record, '{"ConfigVersion": 3, "Dri');
  const listed = await listMachines(old.store);
  expect(listed.map((each) => [each.name, 'error' in each ? each.error.message : 'fine'])).toEqual([
    ['new', 'The record of "new" was written by a newer docker-machine'],
    ['torn', 'The record of "torn" is not JSON'],
    ['web', 'fine'],
  ]);
  await expect(readConfig(old.store, 'new')).rejects.toMatchObject({
    code: 'broken',
    cause: { message: 'config version is from the future -- you should upgrade your Docker Machine client' },
  });
  await expect(readConfig(old.store, 'none')).rejects.toMatchObject({ code: 'not-found' });
});

test('credentials in records are lent to one command, those of one account', async () => {
  await old.add('web', web);
  await old.add('web2', version3('web2', 'amazonec2', EC2));
  await old.add('other', version3('other', 'amazonec2', { ...EC2, AccessKey: 'AKIAOTHER' }));
  await old.add('passing', version3('passing', 'amazonec2', { ...EC2, SessionToken: 'long-gone' }));
  const env: NodeJS.ProcessEnv = { AWS_ACCESS_KEY_ID: 'AKIAMINE' };
  await lendCredentials(old.work, ['web', 'web2'], env);
  expect(env).toEqual({ AWS_ACCESS_KEY_ID: 'AKIAOLD', AWS_SECRET_ACCESS_KEY: 'old-secret' });
  await expect(lendCredentials(old.work, ['web', 'other'], {})).rejects.toMatchObject({
    message: '"web" and "other" were made with different credentials',
  });
  const fresh: NodeJS.ProcessEnv = { AWS_ACCESS_KEY_ID: 'AKIAMINE' };
  await lendCredentials(old.work, ['passing'], fresh);
  expect(fresh).toEqual({ AWS_ACCESS_KEY_ID: 'AKIAMINE' });
});
