import { basename } from 'node:path';
import type { ProgressEvent, Report } from '../progress.ts';
import { oneLine } from '../terminal/text.ts';

/** docker-machine's own lines, for those of our stages that mean the same. */
const STARTED: Readonly<Record<string, string>> = {
  check: 'Running pre-create checks...',
  'wait for SSH':
    'Waiting for machine to be running, this may take a few minutes...\nWaiting for SSH to be available...',
  'look at the host': 'Detecting operating system of created instance...\nDetecting the provisioner...',
  'install the engine': 'Installing Docker...',
  'write the certificates': 'Copying certs to the remote machine...',
  'configure the engine': 'Setting Docker configuration on the remote daemon...',
  'wait for the engine': 'Checking connection to Docker...',
};

/** Those of verbs that tell so themselves. */
const SILENT = ['create', 'start', 'stop', 'kill', 'restart'];

/** The line about a certificate of the store that was made. */
export function certificateLine(path: string): string {
  return `Creating ${basename(path) === 'ca.pem' ? 'CA' : 'client certificate'}: ${path}`;
}

/** Tells what is done, on standard output as docker-machine did, and knows where it failed. */
export interface Progress {
  readonly report: Report;
  /** The stages that failed, the innermost first. */
  readonly failed: readonly string[];
  /** The stages that began. */
  readonly begun: readonly string[];
}

/** @param creating whether a machine is made: then the checks are followed by that */
export function oldProgress(print: (line: string) => void, creating = false): Progress {
  const failed: string[] = [];
  const begun: string[] = [];
  return {
    failed,
    begun,
    report(event) {
      if (event.state === 'failed') failed.push(event.stage);
      if (event.state === 'started') begun.push(event.stage);
      const line = lineOf(event, creating);
      if (line !== undefined) print(line);
    },
  };
}

function lineOf({ machine, stage, state, detail }: ProgressEvent, creating: boolean): string | undefined {
  if (state === 'note') return oneLine(`(${machine}) ${stage}: ${detail}`);
  if (state === 'started') {
    if (Object.hasOwn(STARTED, stage)) return STARTED[stage];
    return SILENT.includes(stage) ? undefined : `(${machine}) ${stage}...`;
  }
  if (state !== 'done') return undefined;
  if (stage === 'check' && creating) return 'Creating machine...';
  return stage === 'wait for the engine' ? 'Docker is up and running!' : undefined;
}
