import { SlipwayError } from '../errors.ts';

/** A host name's label and docker-machine's own rule: letters, digits, dots and hyphens, a letter or digit first and last. */
const NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,61}[a-zA-Z0-9])?$/;

/**
 * Gives the name back when it can be a machine's: it becomes a folder, a host name (RFC 1123, section 2.1) and a
 * docker context.
 * @throws SlipwayError `bad-input`
 */
export function machineName(name: string): string {
  if (isMachineName(name)) return name;
  throw new SlipwayError('bad-input', `${JSON.stringify(shortened(name))} cannot be the name of a machine`, {
    hint: 'Use up to 63 letters, digits, dots and hyphens, with a letter or a digit first and last.',
  });
}

/** As `machineName`, for a host that gets another name. @throws SlipwayError `bad-input` */
export function hostName(name: string): string {
  if (isMachineName(name)) return name;
  throw new SlipwayError('bad-input', `${JSON.stringify(shortened(name))} cannot be the name of a host`, {
    hint: 'Use up to 63 letters, digits, dots and hyphens, with a letter or a digit first and last.',
  });
}

export function isMachineName(name: string): boolean {
  return NAME.test(name) && !name.includes('..');
}

function shortened(name: string): string {
  return name.length > 80 ? `${name.slice(0, 77)}...` : name;
}
