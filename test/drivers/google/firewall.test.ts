import { BlockList, isIPv4 } from 'node:net';
import type { compute_v1 } from '@googleapis/compute/build/v1.js';
import { expect, test } from '@jest/globals';
import google from '../../../src/drivers/google/index.ts';
import { SMALL, useCloud, withMachine } from './cloud.ts';

type Rule = compute_v1.Schema$Firewall;

const cloud = useCloud();

/** cloud.google.com/firewall/docs/firewalls: the lowest number decides, at the same number a refusal; else it is refused. */
function admits(instance: string, source: string, port: number, protocol = 'tcp'): boolean {
  const [thing] = cloud().world.all(new RegExp(`/instances/${instance}$`));
  const { tags, networkInterfaces } = thing as unknown as compute_v1.Schema$Instance;
  const rules = cloud().world.all(/\/global\/firewalls\/[^/]+$/) as unknown as Rule[];
  const [first] = rules
    .filter(({ network }) => network === networkInterfaces?.[0]?.network)
    .filter(({ targetTags }) => targetTags?.some((tag) => tags?.items?.includes(tag)) ?? true)
    .filter(({ sourceRanges }) => sourceRanges?.some((range) => contains(range, source)))
    .filter(({ allowed, denied }) =>
      [...(allowed ?? []), ...(denied ?? [])].some((each) => covers(each, port, protocol)),
    )
    .sort((a, b) => (a.priority ?? 1000) - (b.priority ?? 1000) || Number(!a.denied) - Number(!b.denied));
  return first?.allowed !== undefined;
}

function contains(range: string, address: string): boolean {
  const [net = '', bits = ''] = range.split('/');
  if (isIPv4(net) !== isIPv4(address)) return false;
  const family = isIPv4(net) ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(net, Number(bits), family);
  return list.check(address, family);
}

function covers(
  { IPProtocol, ports }: { IPProtocol?: string; ports?: string[] },
  port: number,
  protocol: string,
): boolean {
  return IPProtocol === 'all' || (IPProtocol === protocol && (ports?.includes(String(port)) ?? true));
}

const ME = '192.0.2.7';
const ELSEWHERE = '198.51.100.1';

test('the network "default" would let everybody in, if there were no guard', async () => {
  await withMachine({}, async ({ keyOf, made, driver }) => {
    expect(admits(keyOf('instance'), ELSEWHERE, 22)).toBe(false);
    await driver()
      .parts.find(({ kind }) => kind === 'guard')
      ?.destroy(made.guard ?? '');
    expect(admits(keyOf('instance'), ELSEWHERE, 22)).toBe(true);
  });
});

test('SSH and the engine are for those who may, and nothing else is for anybody', async () => {
  await withMachine({}, async ({ keyOf }) => {
    const ports = [22, 80, 2375, 2376, 3389];
    expect(ports.filter((port) => admits(keyOf('instance'), ME, port))).toEqual([22, 2376]);
    expect(ports.filter((port) => admits(keyOf('instance'), ELSEWHERE, port))).toEqual([]);
  });
});

test('without an engine port there is only SSH', async () => {
  const use = async ({ keyOf }: { keyOf(kind: string): string }) => {
    expect([22, 2376].filter((port) => admits(keyOf('instance'), ME, port))).toEqual([22]);
  };
  await withMachine({}, use, { engine: false });
});

test('ports that are open are open to everybody', async () => {
  const open = [
    { port: 80, protocol: 'tcp' as const },
    { port: 53, protocol: 'udp' as const },
  ];
  const use = async ({ keyOf }: { keyOf(kind: string): string }) => {
    expect([22, 53, 80, 443].filter((port) => admits(keyOf('instance'), ELSEWHERE, port))).toEqual([80]);
    expect([53, 80].filter((port) => admits(keyOf('instance'), ELSEWHERE, port, 'udp'))).toEqual([53]);
  };
  await withMachine({}, use, { open });
});

test('whom nobody named is not admitted, not even where nobody at all was', async () => {
  const use = async ({ keyOf }: { keyOf(kind: string): string }) => {
    expect(admits(keyOf('instance'), ME, 22)).toBe(false);
  };
  await withMachine({}, use, { from: [] });
});

test('admit lets others in, and those who no longer may out', async () => {
  await withMachine({}, async ({ keyOf, made, place }) => {
    const ingress = { ...place.site.ingress, from: ['203.0.113.0/24'] };
    await google.driver(SMALL, { ...place.site, ingress }).admit?.(made);
    expect(admits(keyOf('instance'), '203.0.113.9', 2376)).toBe(true);
    expect(admits(keyOf('instance'), ME, 22)).toBe(false);
    await google.driver(SMALL, { ...place.site, ingress: { ...ingress, from: [] } }).admit?.(made);
    expect(admits(keyOf('instance'), '203.0.113.9', 2376)).toBe(false);
    expect(admits(keyOf('instance'), ELSEWHERE, 22)).toBe(false);
  });
});

test('machines of one network do not open each other', async () => {
  await withMachine({}, async (one) => {
    const use = async (other: typeof one) => {
      expect(admits(one.keyOf('instance'), '203.0.113.9', 22)).toBe(false);
      expect(admits(other.keyOf('instance'), '203.0.113.9', 22)).toBe(true);
    };
    await withMachine({}, use, { from: ['203.0.113.9/32'] });
  });
});

test('rules of the user’s own go on to hold', async () => {
  cloud().give('projects/slipway-test/global/firewalls/web', 'firewall', {
    network: `${cloud().world.root}projects/slipway-test/global/networks/default`,
    priority: 1000,
    sourceRanges: ['0.0.0.0/0'],
    allowed: [{ IPProtocol: 'tcp', ports: ['443'] }],
    targetTags: ['web'],
  });
  await withMachine({ 'google-tags': 'web' }, async ({ keyOf }) => {
    expect(admits(keyOf('instance'), ELSEWHERE, 443)).toBe(true);
    expect(admits(keyOf('instance'), ELSEWHERE, 22)).toBe(false);
  });
});

test('IPv6 is guarded as IPv4 is', async () => {
  const network = `${cloud().world.root}projects/slipway-test/global/networks/default`;
  cloud().give('projects/slipway-test/regions/us-central1/subnetworks/dual', 'subnetwork', {
    network,
    region: `${cloud().world.root}projects/slipway-test/regions/us-central1`,
    stackType: 'IPV4_IPV6',
    ipv6AccessType: 'EXTERNAL',
  });
  cloud().give('projects/slipway-test/global/firewalls/default-allow-ipv6-ssh', 'firewall', {
    network,
    priority: 65534,
    sourceRanges: ['::/0'],
    allowed: [{ IPProtocol: 'tcp', ports: ['22'] }],
  });
  const values = { 'google-ipv6': true, 'google-subnetwork': 'dual' };
  const ingress = { from: ['192.0.2.7/32', '2001:db8::/48'], open: [{ port: 80, protocol: 'tcp' as const }] };
  const use = async ({ keyOf, driver, made }: Parameters<Parameters<typeof withMachine>[1]>[0]) => {
    expect(driver().parts.map(({ kind }) => kind)).toEqual([
      'guard',
      'firewall',
      'firewall-open',
      'guard-ipv6',
      'firewall-ipv6',
      'firewall-open-ipv6',
      'instance',
    ]);
    expect([22, 80, 2376].filter((port) => admits(keyOf('instance'), '2001:db8::7', port))).toEqual([22, 80, 2376]);
    expect([22, 80, 2376].filter((port) => admits(keyOf('instance'), '2001:db9::7', port))).toEqual([80]);
    expect(admits(keyOf('instance'), ME, 22)).toBe(true);
    expect((await driver().endpoint(made))?.names).toContain('2600:1900:4000::7');
  };
  await withMachine(values, use, ingress);
});
