import type { Driver, DriverModule } from '../driver.ts';
import { accountAsked } from './account.ts';
import { addressPart } from './addresses.ts';
import { candidates } from './candidates.ts';
import { checkAccount } from './check.ts';
import { ec2For } from './client.ts';
import { consoleOf } from './console.ts';
import { endpointOf } from './endpoint.ts';
import { flags } from './flags.ts';
import { fleet } from './fleet.ts';
import { admit, groupPart } from './groups.ts';
import { instancePart } from './instance.ts';
import { keyPairPart } from './key-pair.ts';
import { planOf } from './plan.ts';
import { powerOf } from './power.ts';
import { relabel } from './relabel.ts';
import { settingsOf } from './settings.ts';

/** Instances of EC2. What the user names (network, group, address, key pair) is used, and never changed. */
const amazonec2: DriverModule = {
  summary: 'An instance of Amazon EC2',
  flags,
  candidates,
  fleet,
  driver(values, site) {
    const settings = settingsOf(values);
    const ec2 = ec2For(settings, site);
    const ownGroup = settings.groups.length === 0;
    const driver: Driver = {
      parts: [
        ...(ownGroup ? [groupPart(ec2, settings, site)] : []),
        ...(settings.elastic === 'new' ? [addressPart(ec2, settings, site)] : []),
        instancePart(ec2, settings, site),
      ],
      former: [keyPairPart(ec2)],
      account: () => accountAsked(ec2),
      ...(settings.user === undefined ? {} : { user: settings.user }),
      ...(settings.keyPath === undefined ? {} : { key: settings.keyPath }),
      check: () => checkAccount(ec2, settings, site),
      plan: () => planOf(ec2, settings, site),
      endpoint: (made) => endpointOf(ec2, settings, made),
      power: powerOf(ec2, settings, site),
      console: (made) => consoleOf(ec2, made),
      relabel: (made) => relabel(ec2, site, made),
    };
    if (!ownGroup) return driver;
    return { ...driver, admit: async (made) => admit(ec2, made['security-group'] ?? '', settings, site) };
  },
};

export default amazonec2;
