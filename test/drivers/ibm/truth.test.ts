import { startCloud } from '../../clouds/ibm/index.ts';
import { expectTruth } from '../../faults/truth.ts';

expectTruth(startCloud);
