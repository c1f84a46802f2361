import { SlipwayError } from '../errors.ts';
import { quote } from '../ssh/quote.ts';
import { detect } from './facts.ts';
import { handedBack } from './follow.ts';
import { head } from './render.ts';
import { sh } from './step.ts';

/** How the SSH user becomes root: is it, sudo without a password, or sudo with one. */
export type Sudo = 'root' | 'free' | 'password';

/**
 * The first that a host is asked, for `sh -s`, without privileges: who we are, and how to become root. Where that takes no
 * password it becomes root, looks at the host as `detect` does, and waits for a script, as `asRoot` does. Else sudo says on
 * standard error what it wants: asking it first would start it twice.
 */
export const opening: string = [
  head('opening'),
  sh`
    say user "$(id -un)"
    # shellcheck disable=SC2016 # it is for another shell
    look=${quote(`echo "slipway:opening say sudo $1"\n${detect}\nexec sh -s\n`)}
    if [ "$(id -u)" -eq 0 ]; then exec sh -c "$look" sh root; fi
    if have sudo; then exec sudo -n sh -c "$look" sh free; fi
    echo 'sudo: it is not installed' >&2
    exit # or it would wait for more of this script
  `,
  '',
].join('\n\n');

/** Whether the line is of the output of `opening`. */
export function isOfOpening(line: string): boolean {
  return line.includes('slipway:opening ');
}

/** Whether the line ends what `opening` tells of a host where root needs no password. */
export function endsOpening(line: string): boolean {
  return /slipway:facts (end|fail )/.test(line);
}

/**
 * Reads of the output of `opening`, with what came on standard error, how to become root.
 * @throws SlipwayError `refused` when there is no way to become root, with what to add to sudoers
 */
export function parseOpening(text: string): { user: string; sudo: Sudo } {
  const gave = handedBack(text, 'opening');
  const user = gave.user?.trim() || 'USER';
  const refusal = text
    .split('\n')
    .filter((line) => line.startsWith('sudo: '))
    .join('\n');
  const sudo = WAYS.find((way) => way === gave.sudo?.trim()) ?? (WANTS_PASSWORD.test(refusal) ? 'password' : undefined);
  if (sudo !== undefined) return { user, sudo };
  throw new SlipwayError('refused', `The user "${user}" cannot become root on the host`, {
    hint: `Connect as root, or ${allowWithout(user)}`,
    cause: new Error(refusal || 'the host did not answer the question'),
  });
}

/** What to do so that the user can become root without a password, as the end of a sentence. */
export function allowWithout(user: string): string {
  return `let root on the host add this line with visudo: ${user} ALL=(ALL) NOPASSWD:ALL`;
}

const WAYS: readonly Sudo[] = ['root', 'free'];

/** "a password is required" says sudo, "interactive authentication is required" the one of Ubuntu 25.10 and newer, sudo-rs. */
const WANTS_PASSWORD = /password|authentication is required/;

const SCRIPT_BEGINS = 'slipway-script';

/**
 * The command for the host's login shell, whichever that is, that runs a script from standard input as root.
 * With `password` the first line of the input must be the password; it is checked once before anything else is read,
 * and the command ends with 1 when it is wrong. It is in no argument of any program.
 */
export function asRoot(sudo: Sudo): string {
  if (sudo === 'root') return 'sh -s';
  if (sudo === 'free') return 'sudo -n sh -s';
  // sudo may read the password or, where it needs none, leave it: so the root shell skips to the line that begins the script.
  const skip = `until [ \\"\\$line\\" = ${SCRIPT_BEGINS} ]; do IFS= read -r line || exit 1; done; exec sh -s`;
  const feed = `{ printf "%s\\n${SCRIPT_BEGINS}\\n" "$password"; cat; }`;
  return (
    'sh -c \'IFS= read -r password; printf "%s\\n" "$password" | sudo -k -S -p "" true && ' +
    `${feed} | sudo -k -S -p "" sh -c "line=; ${skip}"'`
  );
}
