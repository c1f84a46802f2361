import { startCloud } from '../../clouds/vsphere/index.ts';
import { expectTruth } from '../../faults/truth.ts';

expectTruth(startCloud);
