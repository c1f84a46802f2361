import { DeleteSecurityGroupCommand, DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { startCloud } from './index.ts';

test('the removal of what is not there leaves nothing in lists that lag', async () => {
  const cloud = await startCloud();
  const { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY = '' } = cloud.env;
  const credentials = { accessKeyId, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  const aws = new EC2Client({ region: 'us-east-1', maxAttempts: 1, credentials, ...(endpoint ? { endpoint } : {}) });
  try {
    await cloud.lag(3000);
    const gone = new DeleteSecurityGroupCommand({ GroupId: 'sg-0123456789abcdef0' });
    await expect(aws.send(gone)).rejects.toMatchObject({ name: 'InvalidGroup.NotFound' });
    const asked = new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-name', Values: ['default'] }] });
    expect((await aws.send(asked)).SecurityGroups).toHaveLength(1);
    expect(cloud.complaints).toEqual([]);
  } finally {
    aws.destroy();
    await cloud.close();
  }
});
