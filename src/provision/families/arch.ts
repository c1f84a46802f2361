import { pacman } from '../packages/pacman.ts';
import type { Family } from './family.ts';

export const arch: Family = {
  name: 'Arch Linux',
  ids: ['arch', 'archarm'],
  manager: pacman,
  own: { engine: 'docker', others: ['docker-buildx'] },
};
