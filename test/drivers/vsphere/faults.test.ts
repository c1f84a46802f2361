import { startCloud } from '../../clouds/vsphere/index.ts';
import { expectNoLeak } from '../../faults/rig.ts';

expectNoLeak(startCloud);
