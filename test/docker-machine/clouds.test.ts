import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  type EC2Client,
  ImportKeyPairCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { lendCredentials } from '../../src/machine/credentials.ts';
import { stateOf } from '../../src/machine/list.ts';
import { remove } from '../../src/machine/remove.ts';
import { stop } from '../../src/machine/stop.ts';
import { generateKey } from '../../src/ssh/index.ts';
import { machineNames, readMachine } from '../../src/store/machine.ts';
import { type Ec2Cloud, startCloud as startEc2 } from '../clouds/amazonec2/index.ts';
import { type DigitalOceanCloud, startCloud as startOcean } from '../clouds/digitalocean/index.ts';
import { owner } from '../drivers/amazonec2/account.ts';
import { EC2, newOldStore, type OldStore, version3 } from './records.ts';

let ec2: Ec2Cloud;
let ocean: DigitalOceanCloud;
let aws: EC2Client;
let old: OldStore;
const environment = { ...process.env };

beforeAll(async () => {
  [ec2, ocean] = await Promise.all([startEc2(), startOcean()]);
  aws = owner(ec2);
}, 180_000);

afterAll(async () => {
  aws.destroy();
  await Promise.all([ec2.close(), ocean.close()]);
});

beforeEach(async () => {
  Object.assign(process.env, ec2.env, ocean.env);
  old = await newOldStore();
});

afterEach(async () => {
  for (const name of Object.keys({ ...ec2.env, ...ocean.env })) {
    if (environment[name] === undefined) delete process.env[name];
    else process.env[name] = environment[name];
  }
  await old.remove();
});

/** What docker-machine made there, and its record. */
async function ec2Machine(name: string, more: object = {}): Promise<string> {
  const { publicKey } = await generateKey(name);
  await aws.send(new ImportKeyPairCommand({ KeyName: name, PublicKeyMaterial: Buffer.from(publicKey) }));
  const { Instances } = await aws.send(
    new RunInstancesCommand({
      ImageId: await anyImage(),
      MinCount: 1,
      MaxCount: 1,
      InstanceType: 't2.micro',
      KeyName: name,
    }),
  );
  const InstanceId = Instances?.[0]?.InstanceId ?? '';
  const keys = { AccessKey: '', SecretKey: '', Region: 'us-east-1' };
  await old.add(name, version3(name, 'amazonec2', { ...EC2, ...keys, KeyName: name, InstanceId, ...more }));
  while ((await stateOf(old.work, await readMachine(old.store, name))) === 'Gone') await delay(50); // EC2 does not show it yet
  return InstanceId;
}

async function anyImage(): Promise<string | undefined> {
  const { Images } = await aws.send(new DescribeImagesCommand({ MaxResults: 5 }));
  return Images?.[0]?.ImageId;
}

async function leftAtEc2(): Promise<string[]> {
  const { Reservations = [] } = await aws.send(new DescribeInstancesCommand({}));
  const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
  const { KeyPairs = [] } = await aws.send(new DescribeKeyPairsCommand({}));
  return [
    ...instances.filter(({ State }) => State?.Name !== 'terminated').map(({ InstanceId = '' }) => InstanceId),
    ...KeyPairs.map(({ KeyName = '' }) => KeyName),
  ];
}

test('EC2: what docker-machine made is stopped and removed by its ids, and nothing else', async () => {
  const [mine, other] = [await ec2Machine('web'), await ec2Machine('other')];
  expect(await stateOf(old.work, await readMachine(old.store, 'web'))).toBe('Running');
  await stop(old.work, 'web');
  expect(await stateOf(old.work, await readMachine(old.store, 'web'))).toBe('Stopped');
  await remove(old.work, { name: 'web' });
  const left = await leftAtEc2();
  expect(left).toEqual([other, 'other']);
  expect(left).not.toContain(mine);
  expect(await machineNames(old.store)).toEqual(['other']);
  await remove(old.work, { name: 'other' });
  expect(await leftAtEc2()).toEqual([]);
});

test('EC2: a key pair of the user’s own stays', async () => {
  await ec2Machine('keyed', { ExistingKey: true });
  await remove(old.work, { name: 'keyed' });
  expect(await leftAtEc2()).toEqual(['keyed']);
});

test('a machine that the place does not show may be in another account: it is kept, unless forced', async () => {
  await old.add('lost', version3('lost', 'amazonec2', { ...EC2, AccessKey: '', SecretKey: '', Region: 'us-east-1' }));
  await expect(remove(old.work, { name: 'lost' })).rejects.toMatchObject({ code: 'denied' });
  expect(await machineNames(old.store)).toEqual(['lost']);
  await remove(old.work, { name: 'lost', force: true });
  expect(await machineNames(old.store)).toEqual([]);
});

test('DigitalOcean: droplet and key go by their ids, with the token that the record keeps', async () => {
  const key = ocean.give('ssh_keys', { id: 512_190, name: 'box', fingerprint: 'f1', public_key: 'ssh-rsa AAAA' });
  const kept = ocean.give('ssh_keys', { id: 512_191, name: 'mine', fingerprint: 'f2', public_key: 'ssh-rsa AAAB' });
  const networks = { v4: [{ ip_address: '198.51.100.8', type: 'public', netmask: '', gateway: '' }], v6: [] };
  const droplet = ocean.give('droplets', {
    id: 3_164_494,
    name: 'box',
    status: 'active',
    networks,
    tags: [],
    region: { slug: 'nyc3' },
  });
  const token = process.env.DIGITALOCEAN_ACCESS_TOKEN;
  process.env.DIGITALOCEAN_ACCESS_TOKEN = 'of-another-account';
  const driver = {
    IPAddress: '198.51.100.8',
    AccessToken: token,
    DropletID: droplet.id,
    SSHKeyID: key.id,
    Region: 'nyc3',
  };
  await old.add('box', version3('box', 'digitalocean', driver));
  await lendCredentials(old.work, ['box']);
  expect(await stateOf(old.work, await readMachine(old.store, 'box'))).toBe('Running');
  await remove(old.work, { name: 'box' });
  expect([ocean.world.all('droplets'), ocean.world.all('ssh_keys')]).toEqual([[], [kept]]);
});
