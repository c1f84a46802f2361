import { startCloud } from '../../clouds/vsphere/index.ts';
import { expectNothingLost } from '../../faults/lost.ts';

expectNothingLost(startCloud);
