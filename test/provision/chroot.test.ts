import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { restore } from '../../src/provision/restore.ts';
import { prepare, renew, setUp } from '../../src/provision/set-up.ts';
import { type Chroot, makeChroot } from './chroot.ts';
import { hostile, hostileLines, pem, wishFor } from './samples.ts';

let host: Chroot;
beforeEach(async () => {
  host = await makeChroot();
});
afterEach(() => host.remove());

const labels = [...hostile, hostileLines].map((text, index) => `label${index}=${text}`);
const env = [...hostile, hostileLines].map((text, index) => `ENV${index}=${text}`);
const wish = wishFor({ labels, env, mirrors: ['https://mirror.example.com'] }, { adopted: true });

/** A host with an engine that runs two containers, and files of its own in every place that we touch. */
async function livedIn(): Promise<void> {
  host.write('etc/docker/daemon.json', '{"labels": ["theirs=1"],\n\t"debug": false}', 0o640);
  host.write('etc/docker/key.json', 'theirs', 0o600);
  host.write('etc/systemd/system/docker.service.d/theirs.conf', '[Service]\nEnvironment=THEIRS=1\n');
  host.write('etc/hostname', 'theirs\n');
  host.write('etc/hosts', '127.0.0.1 localhost\n');
  host.write('state/containers', '2\n');
  await host.carryOut([{ title: 'start', run: 'systemctl start docker.service', hint: '' }]);
  host.calls();
}

async function setUpAll(with_ = wish): Promise<void> {
  const before = await host.carryOut(prepare(await host.facts(), with_));
  const after = await host.carryOut(setUp(await host.facts(), with_));
  expect(before).toMatchObject({ complete: true, code: 0 });
  expect(after).toMatchObject({ complete: true, code: 0 });
}

async function restoreAll(): Promise<void> {
  expect(await host.carryOut(restore(await host.facts()))).toMatchObject({ complete: true, code: 0 });
}

describe('an adopted host', () => {
  test('says what there is', async () => {
    await livedIn();
    expect(await host.facts()).toMatchObject({
      system: { id: 'debian', version: '12' },
      init: 'systemd',
      engine: {
        path: '/usr/sbin/dockerd',
        version: '20.10.24+dfsg1',
        package: 'docker.io',
        running: true,
        args: ['-H', 'fd://'],
        containers: 2,
        liveRestore: false,
        storageDriver: 'overlay2',
      },
      daemonJson: { now: '{"labels": ["theirs=1"],\n\t"debug": false}', ours: false },
      touched: false,
    });
  });

  test('keeps its containers, and gets every value unchanged', async () => {
    await livedIn();
    await setUpAll();
    expect(host.read('state/containers')).toBe('2\n');
    expect(JSON.parse(host.read('etc/docker/daemon.json'))).toMatchObject({
      labels: ['theirs=1', ...labels],
      debug: false,
      'live-restore': true,
      tlsverify: true,
    });
    expect(existsSync(join(host.folder, 'ran'))).toBe(false);
    expect((await host.facts()).engine?.args).toEqual(['-H', 'fd://', '-H', 'tcp://0.0.0.0:2376']);
    const written = host.manifest().filter((line) => line.startsWith('etc/docker/slipway'));
    expect(written).toEqual([
      'etc/docker/slipway 755 folder',
      `etc/docker/slipway/ca.pem 644 0 ${JSON.stringify(wish.tls.ca)}`,
      `etc/docker/slipway/cert.pem 644 0 ${JSON.stringify(wish.tls.cert)}`,
      `etc/docker/slipway/key.pem 600 0 ${JSON.stringify(wish.tls.key)}`,
    ]);
    expect(host.manifest().find((line) => line.startsWith('etc/docker/daemon.json'))).toMatch(
      /^etc\/docker\/daemon.json 640 0 /,
    );
    expect(host.manifest()).toContain('var/lib/slipway 700 folder');
  });

  test('is the same again after it is given back', async () => {
    await livedIn();
    const before = host.manifest();
    await setUpAll({ ...wish, hostname: 'ours' });
    expect(host.read('etc/hosts')).toBe('127.0.0.1 localhost\n127.0.1.1 ours\n');
    expect(host.read('proc/sys/kernel/hostname')).toBe('ours\n');
    await restoreAll();
    expect(host.manifest()).toEqual(before);
    expect(host.read('state/containers')).toBe('2\n');
    expect(host.read('state/live')).toBe('false\n');
    expect(host.read('proc/sys/kernel/hostname')).toBe('theirs\n');
    expect((await host.facts()).engine?.args).toEqual(['-H', 'fd://']);
    await restoreAll();
    expect(host.manifest()).toEqual(before);
  });

  test('is left alone by a second run, and restarted for a change only', async () => {
    await livedIn();
    await setUpAll();
    host.calls();
    const before = host.manifest();
    await setUpAll();
    expect(host.calls()).toEqual([]);
    expect(host.manifest()).toEqual(before);
    await setUpAll({ ...wish, engine: { ...wish.engine, labels: ['only=1'] } });
    expect(host.calls()).toContain('systemctl restart docker.service');
    expect(JSON.parse(host.read('etc/docker/daemon.json')).labels).toEqual(['theirs=1', 'only=1']);
    expect(host.read('state/containers')).toBe('2\n');
  });

  test('gets new certificates without losing a container', async () => {
    await livedIn();
    await setUpAll();
    host.calls();
    const both = `${pem('NEW CA')}${pem('OLD CA')}`;
    const tls = { ca: both, cert: pem('NEW CERT'), key: pem('NEW KEY') };
    expect(await host.carryOut(renew(await host.facts(), tls))).toMatchObject({ complete: true, code: 0 });
    expect(host.read('etc/docker/slipway/ca.pem')).toBe(both);
    expect(host.read('etc/docker/slipway/key.pem')).toBe(pem('NEW KEY'));
    expect(host.calls().filter((line) => line.includes('restart'))).toHaveLength(1);
    expect(host.read('state/containers')).toBe('2\n');
    expect(await host.carryOut(renew(await host.facts(), tls))).toMatchObject({ complete: true });
    expect(host.calls()).toEqual([]);
  });

  test('an engine that does not come up says why, and the host can be given back', async () => {
    await livedIn();
    const before = host.manifest();
    const facts = await host.facts();
    const telling = await host.carryOut(
      setUp(facts, { ...wish, tls: { ca: '', cert: '', key: '' } }).map((step) =>
        step.title === 'write the certificates' ? { ...step, run: ':' } : step,
      ),
    );
    expect(telling.failed).toMatchObject({ title: 'start the engine', status: 1 });
    expect(telling.failed?.lastLines).toContain('cannot read /etc/docker/slipway/ca.pem');
    await restoreAll();
    expect(host.manifest()).toEqual(before);
  });

  test('an engine that was started too often of late is started all the same', async () => {
    await livedIn();
    host.write('state/limit', '');
    await setUpAll();
    expect((await host.facts()).engine?.args).toContain('tcp://0.0.0.0:2376');
  });

  test('lets clients through its firewall, and closes it again', async () => {
    await livedIn();
    host.write('state/ufw', '22/tcp\n');
    await setUpAll();
    expect(host.read('state/ufw')).toBe('22/tcp\n2376/tcp\n');
    await setUpAll();
    await restoreAll();
    expect(host.read('state/ufw')).toBe('22/tcp\n');
  });

  test('leaves a port open that was open before', async () => {
    await livedIn();
    host.write('state/ufw', '2376/tcp\n');
    await setUpAll();
    await restoreAll();
    expect(host.read('state/ufw')).toBe('2376/tcp\n');
  });

  test('in a swarm gets no live-restore, with which its engine would not start', async () => {
    await livedIn();
    host.write('state/swarm', 'active\n');
    const before = host.manifest();
    await setUpAll();
    expect(host.read('etc/docker/daemon.json')).not.toContain('live-restore');
    await restoreAll();
    expect(host.manifest()).toEqual(before);
    expect((await host.facts()).engine?.args).toEqual(['-H', 'fd://']);
  });

  test('what somebody changed later is kept beside', async () => {
    await livedIn();
    await setUpAll();
    const edited = host.read('etc/docker/daemon.json').replace('"debug": false', '"debug": true');
    host.write('etc/docker/daemon.json', edited, 0o640);
    await setUpAll();
    expect(JSON.parse(host.read('etc/docker/daemon.json')).debug).toBe(true);
    host.write('etc/docker/daemon.json', edited.replace('theirs=1', 'theirs=2'), 0o640);
    await restoreAll();
    expect(host.read('etc/docker/daemon.json')).toBe('{"labels": ["theirs=1"],\n\t"debug": false}');
    expect(host.read('etc/docker/daemon.json.edited')).toContain('theirs=2');
  });

  test('a link in the place of daemon.json comes back as a link', async () => {
    await livedIn();
    host.write('etc/elsewhere.json', '{}');
    await host.carryOut([{ title: 'link', run: 'ln -sf ../elsewhere.json /etc/docker/daemon.json', hint: '' }]);
    const before = host.manifest();
    await setUpAll();
    expect(host.read('etc/elsewhere.json')).toBe('{}');
    await restoreAll();
    expect(host.manifest()).toEqual(before);
  });

  test('cut off after any step, it can be given back, and cut off in that, again', async () => {
    await livedIn();
    const before = host.manifest();
    const all = setUp(await host.facts(), wish).length;
    for (let cut = 0; cut <= all; cut++) {
      await host.carryOut(setUp(await host.facts(), wish).slice(0, cut));
      const steps = restore(await host.facts());
      // Each is cut off again at one step in four, another with each; with SLIPWAY_TEST_ALL at all of them.
      for (let again = 1; again < steps.length; again++) {
        if (!process.env.SLIPWAY_TEST_ALL && (cut + again) % 4 !== 0) continue;
        await host.carryOut(restore(await host.facts()).slice(0, again));
      }
      await restoreAll();
      expect({ cut, manifest: host.manifest() }).toEqual({ cut, manifest: before });
      expect({ cut, containers: host.read('state/containers') }).toEqual({ cut, containers: '2\n' });
    }
  }, 600_000);
});

describe('a host with an engine that nobody has used', () => {
  test('is set up, started with the host, and put back to nothing', async () => {
    host.write('state/containers', '0\n');
    const before = host.manifest();
    await setUpAll();
    expect(host.calls()).toContain('systemctl enable docker.service');
    expect((await host.facts()).engine?.running).toBe(true);
    await restoreAll();
    expect(host.calls()).toContain('systemctl disable docker.service');
    expect(host.manifest()).toEqual(before);
  });
});
