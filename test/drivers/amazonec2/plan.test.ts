import { expect, test } from '@jest/globals';
import type { FlagValues } from '../../../src/flags.ts';
import { refusal } from '../../clouds/amazonec2/prices.ts';
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
      price: '0.0104 USD an hour, without disk, address and traffic',
    });
  });
  expect(calls.filter(({ reads }) => !reads)).toEqual([]);
});

test('a price that is not known keeps nobody from a plan, and the reason is told', async () => {
  const priceOf = async (values: FlagValues) => (await (await newMachine(values)).driver.plan?.())?.price;
  const page = 'see https://aws.amazon.com/ec2/pricing/on-demand/';
  expect(await priceOf({ 'amazonec2-instance-type': 't3.large' })).toBe(
    `not known: AWS's list has none of "t3.large" in "us-east-1"; ${page}`,
  );
  cloud().intercept = ({ what }) => (what === 'GetProducts' ? refusal('AccessDeniedException', 'No') : undefined);
  expect(await priceOf({})).toBe(`not known: AWS does not allow you "pricing:GetProducts" in "us-east-1"; ${page}`);
  cloud().intercept = ({ what }) => (what === 'GetProducts' ? 'drop' : undefined);
  expect(await priceOf({})).toMatch(/^not known: AWS cannot be reached/);
});

test('an EC2 API of somebody else is not asked for prices of AWS', async () => {
  const endpoint = String(process.env.AWS_ENDPOINT_URL);
  const machine = await newMachine({ 'amazonec2-endpoint': endpoint });
  const calls = await callsOf(cloud(), async () => {
    expect((await machine.driver.plan?.())?.price).toContain(`not known: AWS tells no prices for "${endpoint}"`);
  });
  expect(calls.filter(({ service }) => service === 'pricing')).toEqual([]);
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
