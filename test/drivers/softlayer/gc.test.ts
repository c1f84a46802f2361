import { startCloud } from '../../clouds/softlayer/index.ts';
import { expectNothingLost } from '../../faults/lost.ts';

expectNothingLost(startCloud);
