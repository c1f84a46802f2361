import { expect, test } from '@jest/globals';
import { useCloud, withMachine } from './cloud.ts';

const cloud = useCloud();

test('a private key of the user’s opens the machine, and none is made', async () => {
  await withMachine({ 'softlayer-ssh-key-path': '/home/ada/key' }, async ({ driver, made }) => {
    expect(driver().key).toBe('/home/ada/key');
    expect(await driver().endpoint(made)).toMatchObject({ identity: { file: '/home/ada/key' } });
    expect(cloud().world.all('sshKeys')).toEqual([]);
  });
});
