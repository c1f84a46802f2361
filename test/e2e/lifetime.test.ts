import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { waitFor } from '../../src/poll.ts';
import { BUSY, newOwner, type Owner } from './owner.ts';

jest.setTimeout(BUSY);

let owner: Owner;

beforeAll(async () => {
  owner = await newOwner({ SLIPWAY_QEMU_MEMORY: '512' });
  const told = await owner.does('slipway', 'create', '--ttl', '2h', '--idle', '2m', 'dev');
  expect(told).toMatch(/^"dev" is ready\. It goes by itself in 1h\d+m, or after 2m without use\./);
  await owner.buildTools('dev');
});

afterAll(() => owner.remove());

/** Waits until the machine has switched itself off, and gives the reason that it told last. */
async function reason(): Promise<string | undefined> {
  const isOff = async () => (await owner.does('slipway', 'status', 'dev')) === 'Stopped\n' || undefined;
  await waitFor({ what: 'the machine to be off', limit: BUSY, pause: 5000 }, isOff);
  const console = await owner.does('slipway', 'logs', '--console', 'dev');
  return [...console.matchAll(/slipway: (.*): this machine switches itself off/g)].at(-1)?.[1];
}

test('a container keeps it running; without one it switches itself off', async () => {
  await owner.docker('dev', 'run', '--detach', '--name', 'busy', 'tools', 'sleep', '100000');
  await delay(180_000);
  expect(await owner.docker('dev', 'ps', '--format', '{{.Names}}')).toBe('busy');
  await owner.docker('dev', 'rm', '--force', 'busy');
  expect(await reason()).toBe('nobody has used it for 120 s');
});

test('after a start it has an end as before, which can be moved', async () => {
  await owner.does('slipway', 'start', 'dev');
  expect(await owner.does('slipway', 'extend', 'dev', '1h')).toMatch(/^"dev" has 2h\d+m left, until /);
  const { lifetime } = await owner.record('dev');
  const told = await owner.does('slipway', 'ssh', 'dev', 'sudo cat /var/lib/slipway/lifetime');
  expect(told).toMatch(new RegExp(`^dev@\\d+ ${Math.floor(Date.parse(lifetime?.ends ?? '') / 1000)}\n$`));
  const soon = 'echo "$(sudo cut -d " " -f 1 /var/lib/slipway/lifetime) $(($(date +%s) + 20))"';
  await owner.does('slipway', 'ssh', 'dev', `${soon} | sudo tee /var/lib/slipway/lifetime`);
  expect(await reason()).toBe('its time is over');
});
