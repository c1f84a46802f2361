import { EC2Client, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { type Ec2Cloud, startCloud } from '../clouds/amazonec2/index.ts';
import { journey } from './journey.ts';

const SMALL = ['--amazonec2-instance-type', 't3.micro'];

journey('amazonec2', {
  // Without an elastic address: that would stay the same.
  start: async () => Object.assign(await startCloud({ guests: true }), { words: SMALL }),
  privately: ['--amazonec2-private-address-only'],
  async removeByHand(cloud, { instance = '' }) {
    const { console: endpoint } = cloud as Ec2Cloud;
    const credentials = { accessKeyId: 'owner', secretAccessKey: 'x' };
    const owner = new EC2Client({ region: 'us-east-1', endpoint, credentials });
    await owner.send(new TerminateInstancesCommand({ InstanceIds: [instance] }));
  },
});
