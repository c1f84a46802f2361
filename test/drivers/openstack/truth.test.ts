import { startCloud } from '../../clouds/openstack/index.ts';
import { expectTruth } from '../../faults/truth.ts';

expectTruth(startCloud);
