import { startCloud } from '../../clouds/amazonec2/index.ts';
import { expectNoLeak } from '../../faults/rig.ts';

expectNoLeak(startCloud);
