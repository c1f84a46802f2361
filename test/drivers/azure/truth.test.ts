import { startCloud } from '../../clouds/azure/index.ts';
import { expectTruth } from '../../faults/truth.ts';

expectTruth(startCloud);
