import { startCloud } from '../../clouds/google/index.ts';
import { expectNoLeak } from '../../faults/calls.ts';

expectNoLeak(startCloud);
