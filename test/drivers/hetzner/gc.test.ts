import { startCloud } from '../../clouds/hetzner/index.ts';
import { expectNothingLost } from '../../faults/lost.ts';

expectNothingLost(startCloud);
