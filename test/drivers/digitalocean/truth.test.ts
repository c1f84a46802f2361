import { startCloud } from '../../clouds/digitalocean/index.ts';
import { expectTruth } from '../../faults/truth.ts';

expectTruth(startCloud);
