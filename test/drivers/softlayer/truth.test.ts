import { startCloud } from '../../clouds/softlayer/index.ts';
import { expectTruth } from '../../faults/truth.ts';

expectTruth(startCloud);
