import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { waitForCloudInit } from '../../src/provision/steps.ts';
import { type Chroot, makeChroot } from './chroot.ts';

let host: Chroot;
beforeEach(async () => {
  host = await makeChroot();
});
afterEach(() => host.remove());

const program = (name: string, text: string) => host.write(`usr/bin/${name}`, `#!/bin/sh\n${text}\n`, 0o755);

describe('a running engine', () => {
  const says = JSON.stringify({
    ServerVersion: '99.0.1',
    ContainersRunning: 5,
    Images: 7,
    Swarm: { LocalNodeState: 'active' },
    LiveRestoreEnabled: true,
    Driver: 'btrfs',
  });
  const said = { containers: 5, images: 7, swarm: true, liveRestore: true, storageDriver: 'btrfs' };

  beforeEach(async () => {
    host.write('state/containers', '2\n');
    await host.carryOut([{ title: 'start', run: 'systemctl start docker.service', hint: '' }]);
  });

  test('is asked over its socket where there is curl, and its program is not started', async () => {
    program('curl', `case $* in *--unix-socket*/docker.sock*/info) echo '${says}' ;; *) exit 7 ;; esac`);
    program('docker', 'exit 1');
    symlinkSync('/usr/sbin/dockerd', join(host.folder, 'proc', host.read('state/pid').trim(), 'exe'));
    expect((await host.facts()).engine).toMatchObject({ ...said, version: '99.0.1' });
  });

  test('has the version of what is installed, where that is another program by now', async () => {
    program('curl', `echo '${says}'`);
    expect((await host.facts()).engine).toMatchObject({ ...said, version: '20.10.24+dfsg1' });
  });

  test('that is silent is waited for once', async () => {
    program('curl', 'exit 28'); // as at its limit
    program('docker', 'echo docker >>/state/calls');
    expect((await host.facts()).engine).toMatchObject({ running: true });
    expect(host.calls()).not.toContain('docker');
  });

  test.each([
    ['nothing', 'exit 1'],
    ['that it reached nobody', `echo '{"ServerErrors":["Cannot connect"],"Images":0,"Swarm":{}}'; exit 1`],
    ['half an answer', `echo '{"ServerVersion":"2'`],
  ])('that does not answer is known by its files, where docker says %s', async (_, docker) => {
    program('docker', docker);
    const { engine } = await host.facts();
    expect(engine).toMatchObject({
      version: '20.10.24+dfsg1',
      running: true,
      images: 0,
      swarm: false,
      liveRestore: false,
    });
    expect(engine).not.toHaveProperty('containers');
  });
});

test('a system that does not say which it is, is looked at all the same', async () => {
  rmSync(join(host.folder, 'etc/os-release'));
  expect(await host.facts()).toMatchObject({ system: { id: 'linux' }, init: 'systemd', engine: { running: false } });
});

test('what was noted last counts, though its line was cut off', async () => {
  host.write('var/lib/slipway/touched', 'new /etc/hosts\nhad /etc/docker/daemon.json');
  expect((await host.facts()).touched).toBe(true);
});

describe('cloud-init', () => {
  /** What its last service and the whole system are said to be. */
  const being = (service: string, system: string) => {
    program('cloud-init', 'echo "status: running"; exit 1');
    program(
      'systemctl',
      `case $* in *cloud-final*) echo ActiveState=${service} ;; is-system-*) echo ${system} ;; esac`,
    );
  };

  test.each([
    ['activating', 'starting', true],
    ['inactive', 'initializing', true],
    ['inactive', 'starting', true],
    ['inactive', 'running', false],
    ['inactive', 'degraded', false],
    ['active', 'starting', false],
    ['failed', 'starting', false],
  ])('whose last service is %s in a system that is %s: busy is %s', async (service, system, busy) => {
    being(service, system);
    expect((await host.facts()).busy).toBe(busy);
  });

  test('that has left its result is done', async () => {
    being('activating', 'starting');
    host.write('run/cloud-init/result.json', '{"v1": {"errors": []}}');
    expect(await host.facts()).toMatchObject({ busy: false });
    expect(await host.facts()).not.toHaveProperty('cloudInit');
  });

  test.each([
    ['in one line', '{"v1": {"errors": ["no such user"]}}', ['no such user']],
    ['in several', '{\n "v1": {\n  "errors": [\n   "a \\"word\\"",\n   "two"\n  ]\n }\n}\n', ['a "word"', 'two']],
  ])('whose result has errors %s tells them', async (_, result, errors) => {
    being('active', 'running');
    host.write('run/cloud-init/result.json', result);
    expect(await host.facts()).toMatchObject({ busy: false, cloudInit: errors });
  });

  test('is waited for, and its own failure is told and holds nobody up', async () => {
    being('activating', 'starting');
    program('cloud-init', 'echo "status: error, by $*"; exit 1');
    const waiting = host.carryOut([waitForCloudInit]);
    setTimeout(() => host.write('run/cloud-init/result.json', '{"v1": {"errors": ["no such user"]}}'), 1500);
    const { told, ...telling } = await waiting;
    expect(telling).toMatchObject({ complete: true, code: 0 });
    expect(told).toEqual([
      'start wait for cloud-init',
      'log status: error, by status --long',
      'done wait for cloud-init',
    ]);
  });

  test('is asked itself where there is no systemd', async () => {
    rmSync(join(host.folder, 'run/systemd'), { recursive: true });
    program('cloud-init', 'echo "status: running"');
    expect((await host.facts()).busy).toBe(true);
    program('cloud-init', 'echo "status: done"');
    expect((await host.facts()).busy).toBe(false);
  });
});
