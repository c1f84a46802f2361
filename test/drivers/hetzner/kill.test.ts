import { startCloud } from '../../clouds/hetzner/index.ts';
import { expectNoLeak } from '../../faults/calls.ts';

expectNoLeak(startCloud);
