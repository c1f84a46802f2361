import type { Removable } from '../driver.ts';
import type { Ec2 } from './client.ts';
import { ifKnown } from './settling.ts';

/** The key pair that docker-machine made for each machine; its name is its id. We need none. */
export function keyPairPart(ec2: Ec2): Removable {
  return {
    kind: 'key-pair',
    async destroy(name) {
      await ifKnown((await ec2()).deleteKeyPair({ KeyName: name }));
    },
  };
}
