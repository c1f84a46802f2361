import { SlipwayError } from '../errors.ts';

/** The docker CLI's own context, which is in no file: what DOCKER_HOST says, or this computer's engine. */
export const DEFAULT = 'default';

/**
 * The context of a machine: its name, except that docker keeps "default" for itself and wants two characters at least.
 * No two machines get the same.
 */
export function contextName(machineName: string): string {
  const taken = /^(slipway-)*(default|.)$/.test(machineName);
  return taken ? `slipway-${machineName}` : machineName;
}

/** @throws SlipwayError `bad-input` for a name that the docker CLI would not take (its validateContextName) */
export function checkContextName(name: string): void {
  if (name !== DEFAULT && /^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$/.test(name)) return;
  throw new SlipwayError('bad-input', `"${name}" cannot be the name of a docker context`);
}
