import { readFileSync } from 'node:fs';
import { CreateKeyPairCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { flags } from '../../../src/drivers/amazonec2/flags.ts';
import amazonec2 from '../../../src/drivers/amazonec2/index.ts';
import type { Ec2Call } from '../../clouds/amazonec2/index.ts';
import { jsonBlocks } from '../policy.ts';
import { newSite } from '../site.ts';
import { callsOf, newMachine, owner, refuse, small, withAccount, withMachine } from './account.ts';

const cloud = withAccount();
const page = readFileSync('docs/drivers/amazonec2.md', 'utf8');

interface Statement {
  readonly Sid: string;
  readonly Action: string | readonly string[];
}

/** The policies of the page, as statements by their names. */
function statements(): Readonly<Record<string, readonly string[]>> {
  const blocks = jsonBlocks('amazonec2') as { Statement: Statement[] }[];
  const all = blocks.flatMap(({ Statement }) => Statement);
  return Object.fromEntries(all.map(({ Sid, Action }) => [Sid, [Action].flat()]));
}

/** What one call needs to be allowed: its own action, and what it does on the way. */
function neededFor({ service, what, parameters }: Ec2Call): string[] {
  const sent = Object.keys(parameters);
  return [
    `${service}:${what}`,
    ...(sent.some((name) => name.startsWith('TagSpecification.')) ? ['ec2:CreateTags'] : []),
    ...(sent.some((name) => name.startsWith('IamInstanceProfile.')) ? ['iam:PassRole'] : []),
  ];
}

/** All that a machine's life asks for. */
async function live(): Promise<void> {
  await owner(cloud()).send(new CreateKeyPairCommand({ KeyName: 'mine' }));
  const spot = await newMachine({ 'amazonec2-request-spot-instance': true });
  await spot.driver.plan?.();
  const values = {
    'amazonec2-elastic-ip': 'new',
    'amazonec2-keypair-name': 'mine',
    'amazonec2-iam-instance-profile': 'docker-host',
  };
  await withMachine(cloud(), values, async (machine) => {
    await machine.driver.check?.();
    await machine.driver.plan?.();
    await machine.make();
    const { power } = machine.driver;
    await power?.restart?.(machine.made);
    await power?.stop(machine.made);
    await power?.start(machine.made);
    await machine.driver.console?.(machine.made);
    await machine.driver.endpoint(machine.made);
    await amazonec2.fleet?.states(small, [machine.made]);
    await amazonec2.fleet?.survey(small);
    const { site } = await newSite();
    for (const { kind, destroy } of amazonec2.fleet?.removable(small, site) ?? []) {
      if (kind === 'volume') await destroy('vol-0123456789abcdef0');
    }
    const ingress = { from: ['198.51.100.4/32'], engine: true, open: [] };
    await amazonec2.driver(small, { ...site, ingress }).admit?.(machine.made);
    const labels = { ...site.labels, 'slipway-expires': '1795330102' };
    await amazonec2.driver(small, { ...site, labels }).relabel?.(machine.made);
  });
}

test('the policy has what is needed, and nothing else', async () => {
  const calls = await callsOf(cloud(), live);
  const needed = [...new Set(calls.flatMap(neededFor))].sort();
  expect(needed.length).toBeGreaterThan(20);
  expect([...new Set(Object.values(statements()).flat())].sort()).toEqual(needed);
});

test('what only looks is allowed everywhere, and what changes only where our tag is', () => {
  const { Look = [], ChangeWhatIsTagged = [] } = statements();
  expect(Look.filter((action) => !action.startsWith('ec2:Describe'))).toEqual([]);
  expect(ChangeWhatIsTagged.filter((action) => action.startsWith('ec2:Describe'))).toEqual([]);
});

test('a permission that is missing is named by the sentence, and stands in the policy', async () => {
  refuse(cloud(), 'DescribeImages', 'UnauthorizedOperation', { status: 403 });
  const machine = await newMachine({});
  await expect(machine.driver.check?.()).rejects.toMatchObject({
    message: 'AWS does not allow you "ec2:DescribeImages" in "us-east-1"',
  });
  expect(page).toContain('"ec2:DescribeImages"');
});

test('the page tells of every flag', () => {
  expect(Object.keys(flags).filter((flag) => !page.includes(`--${flag}`))).toEqual([]);
});
