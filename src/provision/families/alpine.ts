import { apk } from '../packages/apk.ts';
import type { Family } from './family.ts';

/** Alpine Linux, which starts its services with OpenRC. */
export const alpine: Family = {
  name: 'Alpine Linux',
  ids: ['alpine'],
  oldest: '3.18',
  manager: apk,
  own: { engine: 'docker', holder: 'docker-engine', others: ['docker-cli-buildx'] },
};
