import { startCloud } from '../../clouds/amazonec2/index.ts';
import { expectTruth } from '../../faults/truth.ts';

expectTruth(startCloud);
