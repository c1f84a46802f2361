import { startCloud } from '../../clouds/hetzner/index.ts';
import { expectTruth } from '../../faults/truth.ts';

expectTruth(startCloud, { nameless: true });
