import { startCloud } from '../../clouds/digitalocean/index.ts';
import { expectNoLeak } from '../../faults/calls.ts';

expectNoLeak(startCloud);
