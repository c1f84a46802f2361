import { startCloud } from '../../clouds/digitalocean/index.ts';
import { expectNoLeak } from '../../faults/rig.ts';

expectNoLeak(startCloud);
