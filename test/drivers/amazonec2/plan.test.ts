import { expect, test } from '@jest/globals';
import { callsOf, newMachine, withAccount } from './account.ts';

const cloud = withAccount();

test('a plan names each part, whom it admits, and what is booted', async () => {
  const machine = await newMachine(
    { 'amazonec2-elastic-ip': 'new', 'amazonec2-root-size': 40 },
    { ingress: { from: ['192.0.2.7/32'], engine: true, open: [{ port: 80, protocol: 'tcp' }] } },
  );
  const calls = await callsOf(cloud(), async () => {
    expect(await machine.driver.plan?.()).toEqual({
      parts: [
        { kind: 'security-group', what: 'admits 192.0.2.7/32 to 22 and 2376, and everybody to 80/tcp' },
        { kind: 'address', what: 'an elastic address in us-east-1' },
        {
          kind: 'instance',
          what: expect.stringMatching(
            /^t3\.micro in us-east-1a, debian-12-amd64-20260412-1811 \(ami-[0-9a-f]{17}\), 40 GiB gp3, encrypted$/,
          ),
        },
      ],
      price: "not told by EC2's API; see https://aws.amazon.com/ec2/pricing/on-demand/",
    });
  });
  expect(calls.filter(({ reads }) => !reads)).toEqual([]);
});

test('the plan of a spot instance says what it costs at the moment', async () => {
  const machine = await newMachine({
    'amazonec2-request-spot-instance': true,
    'amazonec2-security-group': ['default'],
  });
  const plan = await machine.driver.plan?.();
  expect(plan?.parts.map(({ kind }) => kind)).toEqual(['instance']);
  expect(plan?.parts[0]?.what).toContain('t3.micro, spot in us-east-1a');
  expect(plan?.price).toBe('0.0063 USD an hour, without disk, address and traffic');
});
