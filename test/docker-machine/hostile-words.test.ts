import { expect, test } from '@jest/globals';
import { textOf } from '../../src/docker-machine/errors.ts';
import { oldProgress } from '../../src/docker-machine/progress.ts';
import { SlipwayError } from '../../src/errors.ts';

/** Clears the terminal, where that obeys it. */
const CLEAR = '\x1b[2J';

test('what a host says in an error does nothing to the terminal', () => {
  const cause = new Error(`${CLEAR}no space\nleft`);
  expect(textOf(new SlipwayError('failed', 'The step failed', { cause }))).toBe('The step failed: [2Jno space\nleft');
});

test('what a host says in a note does nothing to the terminal, and stays in its line', () => {
  const lines: string[] = [];
  const { report } = oldProgress((line) => lines.push(line));
  report({ machine: 'dev', stage: 'cloud-init', state: 'note', detail: `${CLEAR}fails\n(dev) ready` });
  expect(lines).toEqual(['(dev) cloud-init: [2Jfails (dev) ready']);
});
