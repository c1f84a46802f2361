import { dnf } from '../packages/dnf.ts';
import type { Family } from './family.ts';

/** Amazon Linux 2023 and later; before that it had neither dnf nor a numbered repository. */
export const amazon: Family = {
  name: 'Amazon Linux',
  ids: ['amzn'],
  oldest: '2023',
  manager: dnf,
  own: { engine: 'docker', others: [] },
};
