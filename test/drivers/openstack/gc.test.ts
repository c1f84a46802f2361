import { jest } from '@jest/globals';
import { startCloud } from '../../clouds/openstack/index.ts';
import { expectNothingLost } from '../../faults/lost.ts';

expectNothingLost(startCloud);
jest.setTimeout(900_000); // the first that needs OpenStack starts it
