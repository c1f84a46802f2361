import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Cloud } from '../clouds/cloud.ts';
import { wordsFor } from '../clouds/cloud.ts';
import { startCloud as startDigitalOcean } from '../clouds/digitalocean/index.ts';
import { startCloud as startHetzner } from '../clouds/hetzner/index.ts';
import { newUser, type User } from '../commands/cli.ts';
import { SSH_PORT, type StandIns, startStandIns } from '../hosts/stand-ins.ts';

// The way to a ready engine where nothing is emulated, for CI; the whole way is gone in test/e2e/journey.ts.
const CLOUDS = { hetzner: startHetzner, digitalocean: startDigitalOcean };

let hosts: StandIns;

beforeAll(async () => {
  hosts = await startStandIns();
});

afterAll(() => hosts.close());

describe.each(Object.entries(CLOUDS))('a machine at %s', (driver, startCloud) => {
  let cloud: Cloud;
  let user: User;

  beforeAll(async () => {
    cloud = await startCloud({ guests: hosts.guest });
    user = await newUser({ ...cloud.env });
  });

  afterAll(async () => {
    await user.remove();
    await cloud.close();
  });

  const rows = async () => JSON.parse((await user.slipway('ls', '--json', '-t', '60')).stdout);

  test('is made, and its engine answers', async () => {
    const words = [...wordsFor(cloud), `--${driver}-ssh-port`, String(SSH_PORT), '--progress', 'plain'];
    const created = await user.slipway('create', ...words, 'one');
    expect(created).toMatchObject({ code: 0, stdout: expect.stringContaining('"one" is ready.') });
    expect(await rows()).toMatchObject([
      { name: 'one', driver, state: 'Running', engine: expect.stringMatching(/^\d/) },
    ]);
  });

  // Not started again: a stand-in comes back with the host key of its first boot.
  test('is stopped', async () => {
    expect(await user.slipway('stop', '--quiet', 'one')).toMatchObject({ code: 0, stderr: '' });
    expect(await rows()).toMatchObject([{ state: 'Stopped' }]);
  });

  test('goes, and nothing that was asked was other than the vendor defines it', async () => {
    expect(await user.slipway('rm', '-y', '--quiet', 'one')).toMatchObject({ code: 0, stderr: '' });
    expect(await cloud.left()).toEqual([]);
    expect(cloud.complaints).toEqual([]);
  });
});
