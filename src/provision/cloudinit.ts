/** What a new machine's first boot shall bring about. */
export interface FirstBoot {
  hostname: string;
  /** Made with password-less sudo, and no password of its own. */
  user: string;
  /** The line for authorized_keys. */
  publicKey: string;
  /** The key with which the host shows itself at the first connection; OpenSSH's formats. */
  hostKey: { privateKey: string; publicKey: string };
}

/** A cloud-init document for it, in JSON, which is YAML. As secret as the host key in it. */
export function cloudConfig({ hostname, user, publicKey, hostKey }: FirstBoot): string {
  const config = {
    hostname,
    manage_etc_hosts: 'localhost', // sudo looks its host up
    users: [
      {
        name: user,
        sudo: 'ALL=(ALL) NOPASSWD:ALL',
        lock_passwd: true,
        shell: '/bin/bash',
        ssh_authorized_keys: [publicKey.trim()],
      },
    ],
    ssh_keys: { ed25519_private: hostKey.privateKey, ed25519_public: hostKey.publicKey.trim() },
    ssh_pwauth: false,
    disable_root: true,
    package_update: false,
    package_upgrade: false,
    growpart: { mode: 'auto', devices: ['/'] },
    resize_rootfs: true,
  };
  return `#cloud-config\n${JSON.stringify(config, undefined, 2)}\n`;
}
