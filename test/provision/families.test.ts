import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { prepare, setUp } from '../../src/provision/set-up.ts';
import { upgrade } from '../../src/provision/upgrade.ts';
import { type Chroot, makeChroot } from './chroot.ts';
import { freshHost, hostWithEngine, type osReleases, plainEngine, wishFor } from './samples.ts';

let host: Chroot;
beforeEach(async () => {
  host = await makeChroot();
  renameSync(join(host.folder, 'usr/sbin/dockerd'), join(host.folder, 'state/dockerd'));
  host.write('state/containers', '0\n');
  host.write('state/live', 'false\n');
  host.write('etc/apk/repositories', '#http://x/main\nhttp://mirror/v3.20/main\n');
});
afterEach(() => host.remove());

const RPM_KEY = '060A61C51B558A7F742B77AAC52FEB6B621E9F35';
const STARTED = ['systemctl enable docker.service', 'systemctl start docker.service'];
const fromDocker = (distribution: string) => [
  `curl https://download.docker.com/linux/${distribution}/gpg`,
  'rpm --import /etc/pki/rpm-gpg/RPM-GPG-KEY-docker',
  'dnf makecache',
  'dnf makecache',
  'dnf install docker-ce-27.5.0-1.el9 docker-ce-cli-27.5.0-1.el9 containerd.io docker-buildx-plugin docker-compose-plugin',
  ...STARTED,
];

/** What the package manager and the services are told. */
const installed: [keyof typeof osReleases, string, string[]][] = [
  ['rocky', '27', fromDocker('centos')],
  ['fedora', '27', fromDocker('fedora')],
  ['amazon', '25', ['dnf makecache', 'dnf install docker-25.0.6-2', ...STARTED]],
  ['sles', '27', ['zypper refresh', 'zypper install --no-confirm docker=27.5.1_ce-98.33 docker-buildx', ...STARTED]],
  ['leap', '24.0', ['zypper refresh', 'zypper install --no-confirm docker=24.0.7_ce-98.1 docker-buildx', ...STARTED]],
  ['arch', '27.3', ['pacman --noconfirm -S --needed docker docker-buildx', ...STARTED]],
  [
    'alpine',
    '27',
    [
      'apk --wait 600 update',
      'apk --wait 600 --repository http://mirror/v3.20/community add --upgrade docker=27.3.1-r0 docker-cli-buildx',
      'rc-update add docker default',
      'rc-service --quiet docker status',
      'rc-service docker start',
    ],
  ],
];

test.each(installed)('on %s the engine %s is installed with its own tools', async (system, version, calls) => {
  host.write('state/download', RPM_KEY);
  const telling = await host.carryOut(prepare(freshHost(system), wishFor({ version })));
  expect(telling).toMatchObject({ complete: true, code: 0 });
  expect(host.calls()).toEqual(calls);
});

test("the repository of Docker's packages for rpm is signed with the key that was checked", async () => {
  host.write('state/download', RPM_KEY);
  await host.carryOut(prepare(freshHost('rocky'), wishFor()));
  expect(host.read('etc/yum.repos.d/docker-ce.repo')).toBe(`[docker-ce-stable]
name=Docker CE Stable
baseurl=https://download.docker.com/linux/centos/9/$basearch/stable
enabled=1
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-docker
`);
  expect(host.read('etc/pki/rpm-gpg/RPM-GPG-KEY-docker')).toBe(RPM_KEY);
});

describe('an upgrade', () => {
  test.each<[keyof typeof osReleases, string, string | undefined, string[]]>([
    [
      'rocky',
      'docker-ce',
      '27',
      [
        'dnf makecache',
        'dnf install docker-ce-27.5.0-1.el9 docker-ce-cli-27.5.0-1.el9 containerd.io docker-buildx-plugin',
      ],
    ],
    ['rocky', 'docker-ce', '26', ['dnf makecache']],
    [
      'alpine',
      'docker-engine',
      undefined,
      ['apk --wait 600 update', 'apk --wait 600 --repository http://mirror/v3.20/community add --upgrade docker'],
    ],
  ])('on %s of %s within %s', async (system, owner, version, calls) => {
    const facts = hostWithEngine(system, owner);
    const wish = version === undefined ? plainEngine : { ...plainEngine, version };
    const steps = upgrade(facts, wish).filter(({ title }) => title === 'upgrade the engine');
    const telling = await host.carryOut(steps);
    expect(telling).toMatchObject({ complete: true, code: 0 });
    expect(host.calls().filter((line) => !/^(systemctl|rc-)/.test(line))).toEqual(calls);
  });
});

/** What makes the folder look like a host with OpenRC. */
const withoutSystemd = () => rmSync(join(host.folder, 'run/systemd'), { recursive: true });

test('with OpenRC the settings go to /etc/conf.d, and daemon.json is read again before the restart', async () => {
  withoutSystemd();
  host.write('etc/conf.d/docker', 'DOCKER_OPTS="--debug"\n');
  host.write('state/started', '');
  host.write('usr/sbin/dockerd', '#!/bin/sh\n', 0o755);
  const facts = {
    ...hostWithEngine('alpine', 'docker-engine'),
    confD: { now: 'DOCKER_OPTS="--debug"\n', ours: false },
  };
  const telling = await host.carryOut(setUp(facts, wishFor({ env: ['A=1'] })));
  expect(telling).toMatchObject({ complete: true, code: 0 });
  expect(host.calls()).toEqual([
    'rc-service --quiet docker status',
    'pkill -HUP -x dockerd',
    'rc-update show default',
    'rc-update add docker default',
    'rc-service docker restart',
  ]);
  expect(host.read('etc/conf.d/docker')).toContain('-H tcp://0.0.0.0:2376');
  expect(host.read('etc/docker/daemon.json')).toContain('"live-restore": true');
});
