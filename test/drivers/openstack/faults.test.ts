import { startCloud } from '../../clouds/openstack/index.ts';
import { expectNoLeak } from '../../faults/rig.ts';

expectNoLeak(startCloud, { believed: false });
