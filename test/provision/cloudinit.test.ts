import { expect, test } from '@jest/globals';
import { cloudConfig } from '../../src/provision/cloudinit.ts';
import { pem } from './samples.ts';

test('the first boot makes one user, and shows the host key that we know', () => {
  const document = cloudConfig({
    hostname: 'dev',
    user: 'slipway',
    publicKey: 'ssh-ed25519 AAAA slipway dev\n',
    hostKey: { privateKey: pem('OPENSSH PRIVATE KEY'), publicKey: 'ssh-ed25519 BBBB bootstrap\n' },
  });
  expect(document.startsWith('#cloud-config\n')).toBe(true);
  expect(JSON.parse(document.slice(document.indexOf('\n')))).toEqual({
    hostname: 'dev',
    manage_etc_hosts: 'localhost',
    users: [
      {
        name: 'slipway',
        sudo: 'ALL=(ALL) NOPASSWD:ALL',
        lock_passwd: true,
        shell: '/bin/bash',
        ssh_authorized_keys: ['ssh-ed25519 AAAA slipway dev'],
      },
    ],
    ssh_keys: { ed25519_private: pem('OPENSSH PRIVATE KEY'), ed25519_public: 'ssh-ed25519 BBBB bootstrap' },
    ssh_pwauth: false,
    disable_root: true,
    package_update: false,
    package_upgrade: false,
    growpart: { mode: 'auto', devices: ['/'] },
    resize_rootfs: true,
  });
});
