import { describe, expect, test } from '@jest/globals';
import { hostfwd, ownForwards, portsIn, published } from '../../../src/drivers/qemu/forwards.ts';

const USERNET = [
  'Hub -1 (net):',
  '  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ',
  '  TCP[ESTABLISHED]   20       127.0.0.1 36435       10.0.2.15    22     0     0',
  '  TCP[HOST_FORWARD]  16       127.0.0.1  8022       10.0.2.15    22     0     0',
  '  TCP[HOST_FORWARD]  15       127.0.0.1 36435       10.0.2.15    22     0     0',
  '  TCP[HOST_FORWARD]  14       127.0.0.1 39863       10.0.2.15  2376     0     0',
  '  UDP[HOST_FORWARD]  13       127.0.0.1  5353       10.0.2.15    53     0     0',
].join('\r\n');

describe('a published port', () => {
  test.each([
    ['8080:80', 'hostfwd=tcp:127.0.0.1:8080-:80'],
    ['0.0.0.0:8080:80', 'hostfwd=tcp:0.0.0.0:8080-:80'],
    ['53:53/udp', 'hostfwd=udp:127.0.0.1:53-:53'],
    ['192.0.2.1:443:443/tcp', 'hostfwd=tcp:192.0.2.1:443-:443'],
  ])('%s is %s', (given, expected) => {
    expect(hostfwd(published(given))).toBe(expected);
  });

  test.each(['', '80', '0:80', '80:0', '99999:80', '1.2.3:80:80', '80:80/sctp', '80:80,x', '80:80 ', '::1:80:80'])(
    '"%s" is refused',
    (given) => {
      expect(() => published(given)).toThrow(`"${given}" does not say which port to publish`);
    },
  );
});

test('the ports that QEMU tells are those of the own forwards', () => {
  expect(portsIn(USERNET, [published('8022:22')])).toEqual({ ssh: 36435, engine: 39863 });
  expect(portsIn('', [])).toBeUndefined();
});

test('the system chooses the ports, or the last ones are asked for', () => {
  expect(ownForwards().map(hostfwd)).toEqual(['hostfwd=tcp:127.0.0.1:0-:22', 'hostfwd=tcp:127.0.0.1:0-:2376']);
  expect(ownForwards({ ssh: 1022, engine: 1376 }).map(hostfwd)).toEqual([
    'hostfwd=tcp:127.0.0.1:1022-:22',
    'hostfwd=tcp:127.0.0.1:1376-:2376',
  ]);
});
