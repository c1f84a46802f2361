import { startCloud } from '../../clouds/softlayer/index.ts';
import { expectNoLeak } from '../../faults/rig.ts';

expectNoLeak(startCloud);
