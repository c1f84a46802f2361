import { startCloud } from '../../clouds/digitalocean/index.ts';
import { expectNothingLost } from '../../faults/lost.ts';

expectNothingLost(startCloud);
