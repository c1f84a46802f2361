import { textIn } from '../config.ts';
import type { OldDriver } from './old-driver.ts';

const generic: OldDriver = {
  keys: { EnginePort: 'generic-engine-port', SSHKey: 'generic-ssh-key' },
  read: ['EnginePort'],
  user: 'root',
  flags: (driver, { user, port, key }) => ({
    'generic-ip-address': textIn(driver, 'IPAddress'),
    'generic-ssh-user': user,
    'generic-ssh-port': port,
    ...(key === undefined ? {} : { 'generic-ssh-key': key }),
  }),
};

export default generic;
