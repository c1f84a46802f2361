import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EC2Client, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { afterAll, expect } from '@jest/globals';
import { generateKey } from '../../src/ssh/keys.ts';
import { type Ec2Cloud, startCloud } from '../clouds/amazonec2/index.ts';
import { journey } from './journey.ts';

const SMALL = ['--amazonec2-instance-type', 't3.micro'];

/** What the metadata service answers to a question, with a token or as in version 1. */
const ASK = `import sys, urllib.error, urllib.request as web
base, headers = "http://169.254.169.254/latest/", {}
if sys.argv[1] == "2":
    ttl = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
    token = web.urlopen(web.Request(base + "api/token", method="PUT", headers=ttl)).read().decode()
    headers = {"X-aws-ec2-metadata-token": token}
try:
    print(web.urlopen(web.Request(base + "meta-data/instance-id", headers=headers)).read().decode())
except urllib.error.HTTPError as error:
    print(error.code)
`;

const folder = await mkdtemp(join(tmpdir(), 'slipway-own-key-'));
const key = join(folder, 'id_ed25519');
await writeFile(key, (await generateKey('ann')).privateKey, { mode: 0o600 });
afterAll(() => rm(folder, { recursive: true }));

journey('amazonec2', {
  // Without an elastic address: that would stay the same.
  start: async () => Object.assign(await startCloud({ guests: true }), { words: SMALL }),
  privately: ['--amazonec2-private-address-only', '--amazonec2-ssh-keypath', key],
  async metadata(onMachine) {
    expect(await onMachine('cat', '/run/cloud-init/cloud-id')).toBe('aws\n');
    expect(await onMachine('python3', '-c', ASK, '2')).toMatch(/^i-[0-9a-f]{17}\n$/);
    expect(await onMachine('python3', '-c', ASK, '1')).toBe('401\n');
  },
  async removeByHand(cloud, { instance = '' }) {
    const { console: endpoint } = cloud as Ec2Cloud;
    const credentials = { accessKeyId: 'owner', secretAccessKey: 'x' };
    const owner = new EC2Client({ region: 'us-east-1', endpoint, credentials });
    await owner.send(new TerminateInstancesCommand({ InstanceIds: [instance] }));
  },
});
