import { startCloud } from '../../clouds/google/index.ts';
import { expectTruth } from '../../faults/truth.ts';

expectTruth(startCloud);
