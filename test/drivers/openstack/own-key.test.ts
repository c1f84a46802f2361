import { expect, test } from '@jest/globals';
import { useCloud, withMachine } from './cloud.ts';

useCloud();

test('a private key of the user’s opens the machine', async () => {
  await withMachine({ 'openstack-private-key-file': '/home/ada/key' }, async ({ driver, made }) => {
    expect(driver().key).toBe('/home/ada/key');
    expect(await driver().endpoint(made)).toMatchObject({ identity: { file: '/home/ada/key' } });
  });
});
