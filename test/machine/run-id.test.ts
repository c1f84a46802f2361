import { expect, test } from '@jest/globals';
import { runId } from '../../src/machine/run-id.ts';

test.each([
  [{ GITHUB_RUN_ID: '1658821493', GITHUB_RUN_ATTEMPT: '2' }, '1658821493-2'],
  [{ CI_PIPELINE_ID: '77' }, '77'],
  [{ BUILD_TAG: 'jenkins-Team/Build & Test-12' }, 'jenkins-team-build-test-12'],
  [{ SLIPWAY_RUN_ID: 'Mine', GITHUB_RUN_ID: '1' }, 'mine'],
  [{ GITHUB_RUN_ID: '' }, undefined],
  [{}, undefined],
])('%j is the run %s', (env, id) => {
  expect(runId(env)).toBe(id);
});

test('a label can say it, however long it is', () => {
  expect(runId({ BUILD_TAG: 'x'.repeat(100) })).toMatch(/^[a-z0-9_-]{63}$/);
});
