import { textIn } from '../config.ts';
import { given, numberIn, type OldDriver } from './old-driver.ts';

const digitalocean: OldDriver = {
  keys: {
    Image: 'digitalocean-image',
    Region: 'digitalocean-region',
    Size: 'digitalocean-size',
    SSHKeyFingerprint: 'digitalocean-ssh-key-fingerprint',
    IPv6: 'digitalocean-ipv6',
    Backups: 'digitalocean-backups',
    PrivateNetworking: 'digitalocean-private-networking',
    Monitoring: 'digitalocean-monitoring',
    Tags: 'digitalocean-tags',
  },
  read: ['Region'],
  credentials: { AccessToken: 'digitalocean-access-token' },
  user: 'root',
  flags: (_, { user, port, key }) => ({
    'digitalocean-ssh-user': user,
    'digitalocean-ssh-port': port,
    ...(key === undefined ? {} : { 'digitalocean-ssh-key-path': key }),
  }),
  parts: (driver) => ({
    ...(textIn(driver, 'SSHKeyFingerprint') === '' ? given('key', numberIn(driver, 'SSHKeyID')) : {}),
    ...given('droplet', numberIn(driver, 'DropletID')),
  }),
  ids: ({ droplet, key }) => ({ DropletID: Number(droplet ?? 0), SSHKeyID: Number(key ?? 0) }),
};

export default digitalocean;
