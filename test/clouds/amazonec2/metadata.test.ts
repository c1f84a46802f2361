import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import {
  DescribeImagesCommand,
  DescribeSubnetsCommand,
  EC2Client,
  ImportKeyPairCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Ec2Cloud, startCloud } from './index.ts';

let cloud: Ec2Cloud;
let owner: EC2Client;

beforeAll(async () => {
  cloud = await startCloud();
  const credentials = { accessKeyId: 'owner', secretAccessKey: 'x' };
  owner = new EC2Client({ region: 'us-east-1', endpoint: cloud.console, credentials });
});

afterAll(async () => {
  owner.destroy();
  await cloud.close();
});

const TOKEN = 'X-aws-ec2-metadata-token';
const TTL = `${TOKEN}-ttl-seconds`;

async function newInstance(more: Partial<RunInstancesCommandInput> = {}) {
  const { Images = [] } = await owner.send(new DescribeImagesCommand({}));
  const { Subnets = [] } = await owner.send(new DescribeSubnetsCommand({}));
  const { Instances } = await owner.send(
    new RunInstancesCommand({
      ImageId: Images.find(({ Architecture }) => Architecture === 'x86_64')?.ImageId,
      InstanceType: 't3.micro',
      SubnetId: Subnets[0]?.SubnetId,
      MinCount: 1,
      MaxCount: 1,
      MetadataOptions: { HttpTokens: 'required' },
      UserData: Buffer.from('#cloud-config\n{}\n').toString('base64'),
      ...more,
    }),
  );
  const [{ PrivateIpAddress: address = '', InstanceId: id = '' } = {}] = Instances ?? [];
  return { id, address };
}

/** What the metadata service answers to somebody at this address. */
async function ask(localAddress: string, path: string, { method = 'GET', headers = {} } = {}) {
  const asking = request(new URL(path, cloud.console), { method, headers, localAddress }).end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, body: await text(answer) };
}

const newToken = (from: string, headers: Record<string, string> = { [TTL]: '60' }) =>
  ask(from, '/latest/api/token', { method: 'PUT', headers });

test('an instance gets its own metadata and its user data, with a token', async () => {
  const [one, other] = [await newInstance(), await newInstance()];
  const { body: token } = await newToken(one.address);
  const read = async (path: string) => (await ask(one.address, path, { headers: { [TOKEN]: token } })).body;
  expect(await read('/latest/meta-data/instance-id')).toBe(one.id);
  expect(await read('/2021-03-23/meta-data/local-ipv4')).toBe(one.address);
  expect(await read('/latest/meta-data/placement/region')).toBe('us-east-1');
  expect(await read('/latest/user-data')).toBe('#cloud-config\n{}\n');
  expect((await read('/latest/meta-data/')).split('\n')).toEqual(expect.arrayContaining(['ami-id', 'network/']));
  const mac = await read('/latest/meta-data/mac');
  expect(await read('/latest/meta-data/network/interfaces/macs/')).toBe(`${mac}/`);
  expect(JSON.parse(await read('/latest/dynamic/instance-identity/document'))).toMatchObject({ instanceId: one.id });
  expect((await ask(one.address, '/latest/nothing', { headers: { [TOKEN]: token } })).status).toBe(404);
  expect((await ask(other.address, '/latest/meta-data/', { headers: { [TOKEN]: token } })).status).toBe(401);
});

test('version 1 is refused where the instance requires tokens, and only there', async () => {
  const [strict, lax, shut] = await Promise.all([
    newInstance(),
    newInstance({ MetadataOptions: { HttpTokens: 'optional' } }),
    newInstance({ MetadataOptions: { HttpEndpoint: 'disabled' } }),
  ]);
  expect((await ask(strict.address, '/latest/meta-data/instance-id')).status).toBe(401);
  expect((await ask(lax.address, '/latest/meta-data/instance-id')).body).toBe(lax.id);
  expect((await newToken(shut.address)).status).toBe(403);
});

test('a token is given for a time, and not through a proxy', async () => {
  const { address } = await newInstance();
  expect((await newToken(address, {})).status).toBe(400);
  expect((await newToken(address, { [TTL]: '21601' })).status).toBe(400);
  expect((await newToken(address, { [TTL]: '60', 'X-Forwarded-For': '192.0.2.1' })).status).toBe(403);
  expect((await ask(address, '/latest/api/token')).status).toBe(405);
  const { body: token } = await newToken(address, { [TTL]: '1' });
  const again = () => ask(address, '/latest/meta-data/instance-id', { headers: { [TOKEN]: token } });
  expect((await again()).status).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  expect((await again()).status).toBe(401);
});

test('a key pair of the account is told', async () => {
  const line = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKV2uq/1J6wXrdaWB5xQCrd4AJEEX4OyNWYNgMnlSY9N ann';
  await owner.send(new ImportKeyPairCommand({ KeyName: 'ann', PublicKeyMaterial: Buffer.from(line) }));
  const { address } = await newInstance({ KeyName: 'ann' });
  const headers = { [TOKEN]: (await newToken(address)).body };
  expect((await ask(address, '/latest/meta-data/public-keys/', { headers })).body).toBe('0=ann');
  const { body } = await ask(address, '/latest/meta-data/public-keys/0/openssh-key', { headers });
  expect(body).toContain(line.split(' ')[1]);
});
