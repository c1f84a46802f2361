import { startCloud } from '../../clouds/hetzner/index.ts';
import { expectNoLeak } from '../../faults/rig.ts';

expectNoLeak(startCloud);
