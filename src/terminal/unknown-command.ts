import type { Hook } from '@oclif/core';
import { SlipwayError } from '../errors.ts';
import { exitCodeOf, formatError } from './command.ts';

/** oclif's hook for a word that is no command; it joins words that may be a topic and its command by colons. */
const unknownCommand: Hook.CommandNotFound = async ({ id, context }) => {
  const [word] = id.split(':');
  const error = new SlipwayError('bad-input', `There is no command "${word}"`, {
    hint: 'slipway --help shows the commands that there are.',
  });
  process.stderr.write(`${formatError(error)}\n`);
  context.exit(exitCodeOf(error));
};

export default unknownCommand;
