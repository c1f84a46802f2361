import { afterEach, expect, test } from '@jest/globals';
import type { Ingress } from '../../../src/drivers/driver.ts';
import { azureHere, newMachine, type TestMachine } from './here.ts';

const cloud = await azureHere();
let machine: TestMachine | undefined;

afterEach(async () => {
  await machine?.destroy();
  machine = undefined;
});

/** "100 Allow Tcp 22 from 192.0.2.7/32", of each rule in the order in which Azure goes by them. */
function rulesOf({ made }: TestMachine): string[] {
  const rules = (cloud.body(made['security-group'] ?? '')?.properties?.securityRules ?? []) as { properties: Rule }[];
  return rules
    .map(({ properties }) => properties)
    .sort((a, b) => a.priority - b.priority)
    .map((rule) => {
      const from = rule.sourceAddressPrefixes?.join(' ') ?? rule.sourceAddressPrefix;
      expect(rule.direction).toBe('Inbound');
      return `${rule.priority} ${rule.access} ${rule.protocol} ${rule.destinationPortRange} from ${from}`;
    });
}

interface Rule {
  readonly priority: number;
  readonly access: string;
  readonly direction: string;
  readonly protocol: string;
  readonly destinationPortRange: string;
  readonly sourceAddressPrefix?: string;
  readonly sourceAddressPrefixes?: readonly string[];
}

async function madeWith(ingress: Ingress): Promise<TestMachine> {
  machine = await newMachine(cloud, {}, { ingress });
  await machine.make();
  return machine;
}

test('SSH and the engine are open to whom it says, other ports to all, and nothing else', async () => {
  const one = await madeWith({
    from: ['192.0.2.7/32', '198.51.100.0/24', '2001:db8::/48'],
    engine: true,
    open: [
      { port: 80, protocol: 'tcp' },
      { port: 53, protocol: 'udp' },
    ],
  });
  expect(rulesOf(one)).toEqual([
    '100 Allow Tcp 22 from 192.0.2.7/32 198.51.100.0/24',
    '101 Allow Tcp 22 from 2001:db8::/48',
    '110 Allow Tcp 2376 from 192.0.2.7/32 198.51.100.0/24',
    '111 Allow Tcp 2376 from 2001:db8::/48',
    '1000 Allow Tcp 80 from *',
    '1001 Allow Udp 53 from *',
    '4096 Deny * * from *',
  ]);
});

test('an engine that is spoken to through SSH has no open port', async () => {
  const one = await madeWith({ from: ['192.0.2.7/32'], engine: false, open: [] });
  expect(rulesOf(one)).toEqual(['100 Allow Tcp 22 from 192.0.2.7/32', '4096 Deny * * from *']);
});

test('whom it admits can be changed, and what was open before is shut', async () => {
  const one = await madeWith({ from: ['192.0.2.7/32'], engine: false, open: [{ port: 80, protocol: 'tcp' }] });
  const later = await newMachine(cloud, {}, { ingress: { from: ['203.0.113.9/32'], engine: false, open: [] } });
  await later.driver().admit?.(one.made);
  await later.place.remove();
  expect(rulesOf(one)).toEqual(['100 Allow Tcp 22 from 203.0.113.9/32', '4096 Deny * * from *']);
});
