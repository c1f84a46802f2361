import { expect, test } from '@jest/globals';
import { run } from '../../../src/program.ts';
import { generateKey } from '../../../src/ssh/index.ts';
import { useCloud, withMachine } from './cloud.ts';

/** Hetzner's own program, as Debian has it (hcloud-cli): a judge of the server that the other tests rely on. */
const cloud = useCloud();

async function hcloud(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await run('hcloud', words, { env: { ...process.env, ...cloud().env } });
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringMatching(/error/i) });
  return stdout;
}

test('hcloud makes, lists, stops, labels and deletes a server', async () => {
  const { publicKey } = await generateKey('me');
  await hcloud('ssh-key', 'create', '--name', 'me', '--public-key', publicKey);
  const what = ['--type', 'cx23', '--image', 'debian-12', '--location', 'nbg1', '--ssh-key', 'me'];
  await hcloud('server', 'create', '--name', 'web', ...what);
  expect(await hcloud('server', 'list', '-o', 'columns=name,status,location')).toMatch(/^web +running +nbg1 *$/m);
  await hcloud('server', 'add-label', 'web', 'team=blue');
  expect(await hcloud('server', 'list', '-l', 'team=blue', '-o', 'noheader', '-o', 'columns=name')).toContain('web');
  await hcloud('server', 'poweroff', 'web');
  expect(await hcloud('server', 'describe', 'web')).toMatch(/^Status:\s+off$/m);
  await hcloud('server', 'delete', 'web');
  await hcloud('ssh-key', 'delete', 'me');
  expect(await cloud().left()).toEqual([]);
});

test('hcloud understands what the driver made', async () => {
  await withMachine({ 'hetzner-networks': ['own'], 'hetzner-auto-spread': true }, async ({ keyOf, place }) => {
    const label = `slipway-machine=${place.site.machine}`;
    expect(await hcloud('server', 'list', '-l', label, '-o', 'columns=name,status')).toContain(`${keyOf('server')}`);
    expect(await hcloud('server', 'describe', keyOf('server'))).toMatch(/^Status:\s+running$/m);
    for (const [collection, kind] of [
      ['ssh-key', 'key'],
      ['network', 'network'],
      ['placement-group', 'placement-group'],
    ] as const) {
      expect(await hcloud(collection, 'list', '-o', 'columns=name')).toContain(keyOf(kind));
    }
    expect(await hcloud('firewall', 'describe', keyOf('firewall'))).toMatch(/Port:\s+2376[\s\S]*192\.0\.2\.7\/32/);
  });
});
