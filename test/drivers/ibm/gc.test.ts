import { startCloud } from '../../clouds/ibm/index.ts';
import { expectNothingLost } from '../../faults/lost.ts';

expectNothingLost(startCloud);
