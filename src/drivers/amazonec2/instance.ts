import { waitFor } from '../../poll.ts';
import type { Made, Part, Site } from '../driver.ts';
import { namedAddress } from './addresses.ts';
import type { Ec2 } from './client.ts';
import { namedGroups } from './groups.ts';
import { instanceBy, stateOf } from './instances.ts';
import { launch } from './launch.ts';
import type { Settings } from './settings.ts';
import { ifKnown, onceKnown } from './settling.ts';

/** For an instance to get from "pending" to "running", in milliseconds. */
const RUNNING_LIMIT = 180_000;
/** For an instance to be shut down and gone: a slow system has a few minutes. */
const GONE_LIMIT = 600_000;

/** The instance with its disk and its network interface, which end with it. */
export function instancePart(ec2: Ec2, settings: Settings, site: Site): Part {
  const find = async (key: string) => (await (await ec2()).instanceByKey(key))?.InstanceId;
  return {
    kind: 'instance',
    settles: 30_000,
    find,
    async create(key, made) {
      const api = await ec2();
      const group = made['security-group'];
      const groups = group === undefined ? await namedGroups(ec2, settings) : [group];
      const id = (await find(key)) ?? (await launch(ec2, settings, site, key, groups));
      await onceKnown(`the instance "${id}"`, site.signal, () => instanceBy(api, id));
      if (settings.elastic !== undefined) await giveAddress(ec2, settings, site, id, made);
      return id;
    },
    async destroy(id) {
      const api = await ec2();
      await ifKnown(api.terminate({ InstanceIds: [id] }));
      const hint = 'See what it does: the EC2 console shows its state.';
      const wait = {
        what: `the instance "${id}" to be gone`,
        limit: GONE_LIMIT,
        hint,
        signal: site.signal,
        pause: 5000,
      };
      await waitFor(wait, async () => (stateOf(await instanceBy(api, id)) === 'Gone' ? true : undefined));
    },
  };
}

/** EC2 gives an address to none but a running instance. */
async function giveAddress(
  ec2: Ec2,
  settings: Settings,
  { signal }: Site,
  id: string,
  { address }: Made,
): Promise<void> {
  const api = await ec2();
  const running = async () => (stateOf(await instanceBy(api, id)) === 'Starting' ? undefined : true);
  await waitFor({ what: `the instance "${id}" to run`, limit: RUNNING_LIMIT, signal, pause: 2000 }, running);
  const AllocationId = address ?? (await namedAddress(ec2, settings.elastic ?? '', settings.region)).AllocationId;
  await api.associateAddress({ AllocationId, InstanceId: id, AllowReassociation: false });
}
