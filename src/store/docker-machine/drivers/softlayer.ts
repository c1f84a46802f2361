import { textIn } from '../config.ts';
import { flag, given, numberIn, type OldDriver, valueAt } from './old-driver.ts';

const softlayer: OldDriver = {
  keys: { 'Client.Endpoint': 'softlayer-api-endpoint' },
  read: [],
  credentials: { 'Client.User': 'softlayer-user', 'Client.ApiKey': 'softlayer-api-key' },
  user: 'root',
  flags: (driver, { user, port }) => ({
    ...flag('softlayer-api-endpoint', String(valueAt(driver, 'Client.Endpoint') ?? '').replace(/\/v3$/, '/v3.1')),
    'softlayer-domain': 'example.com', // as UNKNOWN, in the form of a domain
    'softlayer-ssh-user': user,
    'softlayer-ssh-port': port,
    'softlayer-use-private-address': /^10\./.test(textIn(driver, 'IPAddress')),
  }),
  parts: (driver) => ({ ...given('key', numberIn(driver, 'SSHKeyID')), ...given('guest', numberIn(driver, 'Id')) }),
  ids: ({ guest, key }) => ({ Id: Number(guest ?? 0), SSHKeyID: Number(key ?? 0) }),
};

export default softlayer;
