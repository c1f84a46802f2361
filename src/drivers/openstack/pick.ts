import { SlipwayError } from '../../errors.ts';
import { nearest } from '../near.ts';

export interface Named {
  readonly id: string;
  readonly name: string;
}

/**
 * The one that the user means by a name or an id.
 * @param print the command that prints those that there are
 * @throws SlipwayError `bad-input` for one that there is not, or that there are several of
 */
export function pick<T extends Named>(what: string, given: string, all: readonly T[], print: string): T {
  const found = all.filter(({ id }) => id === given);
  const named = found.length > 0 ? found : all.filter(({ name }) => name === given);
  const [only] = named;
  if (only !== undefined && named.length === 1) return only;
  if (only !== undefined) {
    const hint = `Name it by its id: ${named.map(({ id }) => id).join(', ')}`;
    throw new SlipwayError('bad-input', `There are ${named.length} ${what}s "${given}"`, { hint });
  }
  const names = nearest(given, [...new Set(all.map(({ name }) => name))]);
  const hint = names.length === 0 ? `This prints those that there are: ${print}` : `There are: ${names.join(', ')}`;
  throw new SlipwayError('bad-input', `OpenStack has no ${what} "${given}" for this project`, { hint });
}
