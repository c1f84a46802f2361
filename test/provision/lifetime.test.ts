import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { armTimer, moveEnd, type Timer } from '../../src/provision/lifetime.ts';
import type { Step } from '../../src/provision/step.ts';
import { type Chroot, makeChroot } from './chroot.ts';

/** The moment at which the host of these tests boots. */
const BOOT = 1_800_000_000;
const born = 'dev@1799999990';

let host: Chroot;

beforeEach(async () => {
  host = await makeChroot();
  // Each pause moves the clocks on, and then what the test wants happens.
  program(
    'sleep',
    `passed=$(($(cat /state/passed) + $1)); echo $passed >/state/passed; echo $((${BOOT} + passed)) >/state/clock; echo $passed.5 0.0 >/proc/uptime
for at in /state/at-*; do [ "\${at#/state/at-}" -gt $passed ] || { . "$at"; rm "$at"; }; done
[ $passed -lt 3600 ] || kill $PPID`,
  );
  rmSync(join(host.folder, 'bin/poweroff')); // no mistake in here shall reach the real one
  program('poweroff', 'echo "poweroff $*" >>/state/calls; if [ "$1" = -f ]; then kill $PPID; fi');
  program('systemctl', 'echo "systemctl $*" >>/state/calls');
  boot();
  host.write('state/at-9999', '');
  host.write('proc/net/tcp', 'head\n');
  dockerd();
});

afterEach(() => host.remove());

const program = (name: string, text: string) => host.write(`usr/bin/${name}`, `#!/bin/sh\n${text}\n`, 0o755);

function boot(): void {
  host.write('state/passed', '0\n');
  host.write('state/clock', `${BOOT}\n`);
  host.write('proc/uptime', '0.5 0.0\n');
  rmSync(join(host.folder, 'run/slipway'), { recursive: true, force: true });
}

/** Arms the timer, with a clock of ours: busybox takes no other `date` than its own. */
async function arm(timer: Omit<Timer, 'born'>): Promise<void> {
  await does(step(armTimer({ born, ...timer }).replace('date +%s', 'cat /state/clock')));
}

/** A process of the host's, as /proc shows it. */
function process(pid: number, name: string, title = name): void {
  host.write(`proc/${pid}/comm`, `${name}\n`);
  host.write(`proc/${pid}/cmdline`, `${title}\0\0\0`);
}

const dockerd = () => process(500, 'dockerd');
const ended = (pid: number) => rmSync(join(host.folder, `proc/${pid}`), { recursive: true });

/** What happens on the host so many seconds after its boot; sh text. */
const at = (second: number, text: string) => host.write(`state/at-${second}`, text);

async function does(...steps: Step[]): Promise<void> {
  await host.carryOut(steps);
}

const step = (run: string): Step => ({ title: 'do', run, hint: '' });

/** Boots the host, and gives the second at which it switches itself off, and why; an hour is waited for. */
async function lives(timer: Omit<Timer, 'born'>): Promise<string> {
  host.write('dev/kmsg', '');
  await arm(timer);
  program('systemctl', 'echo "off after $(cat /state/passed)" >>/state/calls');
  host.calls();
  await does(step('sh /var/lib/slipway/timer'));
  const [off = 'never off'] = host.calls().filter((line) => line.startsWith('off'));
  return `${off} ${/: (.*):/.exec(host.read('dev/kmsg'))?.[1] ?? ''}`.trim();
}

const QUIET = 'nobody has used it for 120 s';

test('with systemd it is a service of its own, that begins at once and at each boot', async () => {
  await arm({ ends: 1 });
  const [reload, enable, start] = host.calls();
  expect([reload, enable, start]).toEqual([
    'systemctl daemon-reload',
    'systemctl --quiet enable slipway-lifetime.service',
    'systemctl --no-block start slipway-lifetime.service',
  ]);
  expect(host.read('etc/systemd/system/slipway-lifetime.service')).toContain(
    'ExecStart=/bin/sh /var/lib/slipway/timer\n',
  );
});

test('where the service cannot be started, it is a process in the background', async () => {
  program('systemctl', 'false');
  await arm({ ends: BOOT + 30 });
  program('systemctl', 'echo "systemctl $*" >>/state/calls');
  await does(step('until grep -q -e -f /state/calls; do usleep 20000; done'));
});

test('without systemd it is a process in the background', async () => {
  rmSync(join(host.folder, 'run/systemd'), { recursive: true });
  await arm({ ends: BOOT + 30 });
  await does(step('until grep -q -e -f /state/calls; do usleep 20000; done'));
  expect(host.calls()).toEqual(['poweroff ', 'poweroff -f']);
});

test('at its end the machine switches itself off, and if that takes too long, at once', async () => {
  expect(await lives({ ends: BOOT + 300 })).toBe('off after 300 its time is over');
  await does(step('sh /var/lib/slipway/timer'));
  expect(host.calls()).toContain('poweroff -f');
});

test('the end can be moved while it runs, and at the next boot it is where it was moved to', async () => {
  await does(...moveEnd({ born, ends: BOOT + 1200 }));
  expect(await lives({ ends: BOOT + 600 })).toBe('off after 1200 its time is over');
});

test('what was told to another machine, of whose disk this is a copy, does not count', async () => {
  await does(...moveEnd({ born: 'other@1', ends: BOOT + 1200 }));
  expect(await lives({ ends: BOOT + 600 })).toBe('off after 600 its time is over');
  boot();
  host.write('var/lib/slipway/lifetime', `${born} soon\n`);
  expect(await lives({ ends: BOOT + 600 })).toBe('off after 600 its time is over');
});

test('a copy of the disk that boots as another machine does not end by it', async () => {
  host.write('sys/class/dmi/id/product_uuid', '0a\n');
  await arm({ ends: BOOT });
  host.write('sys/class/dmi/id/product_uuid', '0b\n');
  await does(step('sh /var/lib/slipway/timer'));
  expect(host.read('state/passed')).toBe('0\n');
});

test('started after its end, it stays for ten minutes, to be told of another', async () => {
  expect(await lives({ ends: BOOT - 60 })).toBe('off after 600 its time is over');
});

test('when nobody has used it for long enough, it switches itself off', async () => {
  expect(await lives({ idle: 120 })).toBe(`off after 105 ${QUIET}`);
});

test('a container keeps it running', async () => {
  process(700, 'containerd-shim-runc-v2');
  at(240, 'rm -r /proc/700');
  expect(await lives({ idle: 120 })).toBe(`off after 345 ${QUIET}`);
});

test.each([
  ['a step of a build', 'runc', 'runc run'],
  ['somebody who is logged in', 'sshd', 'sshd: slipway@pts/0'],
  ['a docker that came through SSH', 'sshd', 'sshd: slipway@notty'],
  ['a login under the newer name', 'sshd-session', 'sshd-session: slipway@pts/0'],
  ['a forwarding', 'sshd', 'sshd: slipway'],
])('%s keeps it running', async (_, name, title) => {
  process(700, name, title);
  at(240, 'rm -r /proc/700');
  expect(await lives({ idle: 120 })).toBe(`off after 345 ${QUIET}`);
});

test.each([
  ['the listener', 'sshd', 'sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups'],
  ['an older listener', 'sshd', '/usr/sbin/sshd'],
  ['somebody who tries passwords', 'sshd', 'sshd: root [priv]'],
  ['one who has not even said who', 'sshd', 'sshd: [accepted]'],
  ['containerd', 'containerd', 'containerd'],
])('%s does not keep it running', async (_, name, title) => {
  process(700, name, title);
  expect(await lives({ idle: 120 })).toBe(`off after 105 ${QUIET}`);
});

const socket = (port: string, state: string, inode: number) =>
  `   1: 0100007F:${port} 0200007F:D431 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1\n`;

test('a client that stays connected to the engine keeps it running', async () => {
  host.write('proc/net/tcp6', `head\n${socket('0948', '01', 77)}`);
  at(240, ': >/proc/net/tcp6');
  expect(await lives({ idle: 120 })).toBe(`off after 345 ${QUIET}`);
});

test('neither listening nor other ports count', async () => {
  host.write('proc/net/tcp', `head\n${socket('0948', '0A', 77)}${socket('01BB', '01', 78)}`);
  expect(await lives({ idle: 120 })).toBe(`off after 105 ${QUIET}`);
});

test('what is another one at each look, as our own short questions, does not count', async () => {
  for (let second = 15; second < 105; second += 15) {
    const asking = socket('0948', '01', second).trim();
    at(
      second,
      `echo '${asking}' >/proc/net/tcp; rm -rf /proc/8*; mkdir /proc/8${second}; echo runc >/proc/8${second}/comm`,
    );
  }
  at(100, ': >/proc/net/tcp; rm -rf /proc/8*');
  expect(await lives({ idle: 120 })).toBe(`off after 105 ${QUIET}`);
});

test('a container that came and went between two looks counts', async () => {
  host.write('var/lib/docker/containers/x', '');
  at(60, 'touch -d @2000000000 /var/lib/docker/containers');
  at(75, 'touch -d @1000000000 /var/lib/docker/containers');
  expect(await lives({ idle: 120 })).toBe(`off after 180 ${QUIET}`);
});

test('nobody who has just come is thrown out', async () => {
  at(105, 'mkdir /proc/700; echo runc >/proc/700/comm');
  at(240, 'rm -r /proc/700');
  expect(await lives({ idle: 120 })).toBe(`off after 345 ${QUIET}`);
});

test('it is not idle before there is an engine, unless none comes', async () => {
  ended(500);
  at(240, 'mkdir /proc/500; echo dockerd >/proc/500/comm');
  expect(await lives({ idle: 120 })).toBe(`off after 345 ${QUIET}`);
  ended(500);
  boot();
  expect(await lives({ idle: 120 })).toBe(`off after 1005 ${QUIET}`);
});
