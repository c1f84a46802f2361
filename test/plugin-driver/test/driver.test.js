import { after, before, describe, test } from 'node:test';
import { driverContract, newSite } from 'slipway/contract';
import rack from '../driver.js';
import { startRack } from '../rack.js';

const place = await startRack({ token: 'let me in' });
Object.assign(process.env, { RACK_URL: place.url, RACK_TOKEN: 'let me in' });
after(() => place.close());

driverContract(
  {
    name: 'rack',
    module: rack,
    good: { 'rack-shelf': 'top', 'rack-size': 'small' },
    bad: { 'a way out of the shelf': { 'rack-shelf': '../bottom' } },
    site: () => newSite(),
    left: async () => place.lent().map(({ id }) => id),
  },
  { describe, test, beforeAll: before, afterAll: after },
);
