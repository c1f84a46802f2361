import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import amazonec2 from '../../../src/drivers/amazonec2/index.ts';
import { canonical } from '../../../src/drivers/amazonec2/networks.ts';
import { settingsOf } from '../../../src/drivers/amazonec2/settings.ts';
import { packed } from '../../../src/drivers/amazonec2/userdata.ts';
import { imageWish } from '../../../src/drivers/amazonec2/wish.ts';
import { nearest } from '../../../src/drivers/near.ts';

const candidates = amazonec2.candidates ?? (() => []);
const region = process.env.AWS_REGION;
afterEach(() => {
  if (region === undefined) delete process.env.AWS_REGION;
  else process.env.AWS_REGION = region;
});

describe('candidates', () => {
  test('are one for each choice: spot before on demand, types before zones', () => {
    const choices = candidates({
      'amazonec2-instance-type': 't3.small, t3a.small',
      'amazonec2-zone': 'b,us-east-1a',
      'amazonec2-request-spot-instance': true,
      'amazonec2-spot-fallback': true,
      'amazonec2-root-size': 30,
    });
    const brief = choices.map((each) => [
      each['amazonec2-request-spot-instance'],
      each['amazonec2-instance-type'],
      each['amazonec2-zone'],
    ]);
    const four = (spot: boolean) => [
      [spot, 't3.small', 'us-east-1b'],
      [spot, 't3.small', 'us-east-1a'],
      [spot, 't3a.small', 'us-east-1b'],
      [spot, 't3a.small', 'us-east-1a'],
    ];
    expect(brief).toEqual([...four(true), ...four(false)]);
    expect(choices.every((each) => each['amazonec2-root-size'] === 30)).toBe(true);
  });

  test('are one choice for values with one choice', () => {
    const [choice = {}, ...more] = candidates({ 'amazonec2-zone': 'c' });
    expect(more).toEqual([]);
    expect(candidates(choice)).toEqual([choice]);
  });

  test('have only spot instances where nothing else was allowed', () => {
    expect(candidates({ 'amazonec2-request-spot-instance': true })).toHaveLength(1);
  });

  test('write down the region of the moment', () => {
    process.env.AWS_REGION = 'eu-north-1';
    expect(candidates({})).toEqual([expect.objectContaining({ 'amazonec2-region': 'eu-north-1' })]);
    expect(candidates({ 'amazonec2-region': 'eu-west-1' })).toEqual([
      expect.objectContaining({ 'amazonec2-region': 'eu-west-1' }),
    ]);
    process.env.AWS_REGION = '';
    expect(candidates({})).toEqual([expect.objectContaining({ 'amazonec2-region': 'us-east-1' })]);
  });

  test('are refused as a whole for one that cannot be', () => {
    expect(() => candidates({ 'amazonec2-instance-type': 't3.small,big' })).toThrow('"big" is not an instance type');
    expect(() => candidates({ 'amazonec2-zone': 'a,eu-west-1b' })).toThrow('"eu-west-1b" is not a zone');
  });
});

describe('settings', () => {
  test('are modern where nothing is said', () => {
    process.env.AWS_REGION = '';
    expect(settingsOf({})).toMatchObject({
      region: 'us-east-1',
      attempts: 6,
      type: 't3.small',
      image: { owner: '136693071363' },
      disk: { size: 16, type: 'gp3' },
      groups: [],
      publicAddress: true,
      privately: false,
      sshPort: 22,
      tags: {},
    });
  });

  test.each([
    [{ 'amazonec2-endpoint': 'ec2.example:8773' }, 'https://ec2.example:8773'],
    [{ 'amazonec2-endpoint': 'ec2.example:8773', 'amazonec2-insecure-transport': true }, 'http://ec2.example:8773'],
    [{ 'amazonec2-endpoint': 'http://127.0.0.1:1' }, 'http://127.0.0.1:1'],
  ])('take the endpoint of %j as %s', (values, endpoint) => {
    expect(settingsOf(values).endpoint).toBe(endpoint);
  });

  test.each([
    [-1, 1],
    [0, 1],
    [3, 4],
  ])('take %i retries as %i attempts', (retries, attempts) => {
    expect(settingsOf({ 'amazonec2-retries': retries }).attempts).toBe(attempts);
  });

  test('understand tags', () => {
    expect(settingsOf({ 'amazonec2-tags': 'team,web, cost center ,4711' }).tags).toEqual({
      team: 'web',
      'cost center': '4711',
    });
  });

  test('have a user only where one was named', () => {
    expect(settingsOf({}).user).toBeUndefined();
    expect(settingsOf({ 'amazonec2-ssh-user': 'ubuntu' }).user).toBe('ubuntu');
  });
});

describe('an image', () => {
  test.each([
    ['debian-12', 'x86_64', '136693071363', 'debian-12-amd64-2*'],
    ['debian-12', 'arm64', '136693071363', 'debian-12-arm64-2*'],
    ['ubuntu-24.04', 'arm64', '099720109477', 'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-2*'],
    ['self/docker-*', 'x86_64', 'self', 'docker-*'],
    ['123456789012/base', 'arm64', '123456789012', 'base'],
  ] as const)('"%s" for %s is looked for at its owner', (given, architecture, owner, pattern) => {
    const wish = imageWish(given);
    if ('id' in wish) throw new Error('this is no id');
    expect([wish.owner, wish.pattern(architecture)]).toEqual([owner, pattern]);
  });
});

test.each([
  ['203.0.113.9/24', '203.0.113.0/24'],
  ['203.0.113.9/32', '203.0.113.9/32'],
  ['203.0.113.255/25', '203.0.113.128/25'],
  ['1.2.3.4/0', '0.0.0.0/0'],
  ['2001:DB8:0:0::17/48', '2001:db8::/48'],
  ['2001:db8::1/128', '2001:db8::1/128'],
  ['2001:db8:0:ffff::/50', '2001:db8:0:c000::/50'],
  ['::/0', '::/0'],
])('the network %s is kept as %s', (given, kept) => {
  expect(canonical(given)).toBe(kept);
});

test('the nearest names come first', () => {
  expect(nearest('t3.smal', ['m5.large', 't2.small', 't3.small', 'c5.large'], 2)).toEqual(['t3.small', 't2.small']);
});

describe('the document for the first boot', () => {
  test('is packed, so that much fits', () => {
    const document = `#cloud-config\n${'# the same again\n'.repeat(10_000)}`;
    expect(gunzipSync(Buffer.from(packed(document), 'base64')).toString()).toBe(document);
  });

  test('is refused when it is too long even so', () => {
    const noise = Array.from({ length: 20_000 }, (_, at) => ((at * 48271) % 2147483647).toString(36)).join('');
    expect(() => packed(noise)).toThrow(
      expect.objectContaining({ code: 'bad-input', hint: expect.stringContaining('16384') }),
    );
  });
});
