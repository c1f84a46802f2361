import { startCloud } from '../../clouds/azure/index.ts';
import { expectNoLeak } from '../../faults/calls.ts';

expectNoLeak(startCloud);
