import { startCloud } from '../../clouds/openstack/index.ts';
import { expectNoLeak } from '../../faults/rig.ts';

/** Its machines boot from volumes: what comes without them comes so too. */
async function startCloudWithVolumes() {
  const cloud = await startCloud();
  return Object.assign(cloud, { words: [...cloud.words, '--openstack-boot-from-volume'] });
}

expectNoLeak(startCloudWithVolumes, { believed: false });
