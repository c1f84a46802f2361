import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { leaveDockerMachine, prepare, setUp, withoutDockerMachine } from '../../src/provision/index.ts';
import { type Chroot, makeChroot } from '../provision/chroot.ts';
import { wishFor } from '../provision/samples.ts';

/** As docker-machine writes it. */
const DROP_IN = `[Service]
ExecStart=
ExecStart=/usr/sbin/dockerd -H tcp://0.0.0.0:2376 -H unix:///var/run/docker.sock --storage-driver overlay2 --tlsverify --tlscacert /etc/docker/ca.pem --tlscert /etc/docker/server.pem --tlskey /etc/docker/server-key.pem --label team=web --label provider=generic
Environment="HTTP_PROXY=http://proxy:3128"
`;
const PATH = 'etc/systemd/system/docker.service.d/10-machine.conf';
const wish = wishFor({ labels: ['team=web'] }, { adopted: false });

let host: Chroot;

beforeEach(async () => {
  host = await makeChroot();
  host.write(PATH, DROP_IN);
  host.write('state/containers', '2\n');
  await host.carryOut([{ title: 'start', run: 'systemctl start docker.service', hint: '' }]);
});

afterEach(() => host.remove());

async function takeOver(): Promise<void> {
  const look = async () => withoutDockerMachine(await host.facts());
  for (const steps of [
    async () => leaveDockerMachine,
    async () => prepare(await look(), wish),
    async () => setUp(await look(), wish),
  ]) {
    expect(await host.carryOut(await steps())).toMatchObject({ complete: true, code: 0 });
  }
}

test('our settings take the place of docker-machine’s, and containers go on running', async () => {
  expect((await host.facts()).engine?.args).toContain('/etc/docker/server.pem');
  await takeOver();
  const { engine, touched } = await host.facts();
  expect({ args: engine?.args, running: engine?.running, containers: engine?.containers, touched }).toEqual({
    args: ['-H', 'fd://', '-H', 'tcp://0.0.0.0:2376'],
    running: true,
    containers: 2,
    touched: true,
  });
  expect(JSON.parse(host.read('etc/docker/daemon.json'))).toMatchObject({
    tlsverify: true,
    tlscert: '/etc/docker/slipway/cert.pem',
    labels: ['team=web'],
  });
  expect(existsSync(join(host.folder, PATH))).toBe(false);
  expect(host.read(`${PATH}.before-slipway`)).toBe(DROP_IN);
});

test('interrupted after its first half, it is finished by doing it again', async () => {
  await host.carryOut(leaveDockerMachine);
  expect((await host.facts()).engine?.args).toContain('/etc/docker/server.pem');
  await takeOver();
  await takeOver();
  expect((await host.facts()).engine?.args).toEqual(['-H', 'fd://', '-H', 'tcp://0.0.0.0:2376']);
});
