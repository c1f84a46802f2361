import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Errors, run } from '@oclif/core';
import { commandFirst, shielded } from './remote-words.ts';

/**
 * Runs a command line.
 * @param program the URL of the program, in a folder beside Slipway's package.json
 */
export async function start(words: readonly string[], program: string): Promise<void> {
  process.removeAllListeners('warning'); // what libraries warn of is nothing that a user could change
  const root = dirname(dirname(fileURLToPath(program)));
  const pjson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')); // or oclif would go and look for it
  // Not oclif's `execute`, which waits until standard output is read: for ever, where `| head` has gone.
  await run(shielded(commandFirst(words)), { root, pjson }).catch((error: Error) => Errors.handle(error));
}
