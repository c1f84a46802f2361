import { startCloud } from '../../clouds/ibm/index.ts';
import { expectNoLeak } from '../../faults/rig.ts';

expectNoLeak(startCloud);
