import { startCloud } from '../../clouds/amazonec2/index.ts';
import { expectNothingLost } from '../../faults/lost.ts';

expectNothingLost(startCloud);
