/**
 * Which run of a CI system this is, as a label can say it; undefined where none says so. What one run made can be told
 * from the rest by it.
 */
export function runId(env: NodeJS.ProcessEnv): string | undefined {
  const found = VARIABLES.map((names) => names.flatMap((name) => env[name] || []).join('-')).find((id) => id !== '');
  return found === undefined ? undefined : runLabel(found);
}

/** The name of a run as a label says it. */
export function runLabel(run: string): string {
  return run
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .slice(0, 63);
}

/** What says it, the user's own word first; of each system as its documentation lists them. */
const VARIABLES = [
  ['SLIPWAY_RUN_ID'],
  ['GITHUB_RUN_ID', 'GITHUB_RUN_ATTEMPT'],
  ['CI_PIPELINE_ID'], // GitLab
  ['CIRCLE_WORKFLOW_ID'],
  ['BUILDKITE_BUILD_ID'],
  ['BUILD_BUILDID'], // Azure Pipelines
  ['BITBUCKET_BUILD_NUMBER'],
  ['BUILD_TAG'], // Jenkins
];
