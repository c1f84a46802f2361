import { startCloud } from '../../clouds/vsphere/index.ts';
import { expectNoLeak } from '../../faults/rig.ts';

expectNoLeak(startCloud, { believed: false }); // what a task fails at may have been made in part
