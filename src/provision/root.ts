import { SlipwayError } from '../errors.ts';
import { handedBack } from './follow.ts';
import { render } from './render.ts';
import { type Step, sh } from './step.ts';

/** How the SSH user becomes root: is it, sudo without a password, or sudo with one. */
export type Sudo = 'root' | 'free' | 'password';

const STEP: Step = {
  title: 'see how to become root',
  hint: 'The SSH user must be able to run a shell',
  run: sh`
    id -un | give user
    if [ "$(id -u)" -eq 0 ]; then echo root | give sudo
    elif ! have sudo; then echo 'sudo is not installed' | give reason
    elif words=$(sudo -n sh -c : 2>&1); then echo free | give sudo
    else
      case $words in
        *password*) echo password | give sudo ;;
        *) printf '%s\\n' "$words" | give reason ;;
      esac
    fi
  `,
};

/** Finds out who we are on the host and how to become root: for `sh -s`, without privileges. */
export const probe: string = render([STEP], 'probe');

/**
 * Reads the output of `probe`.
 * @throws SlipwayError `refused` when there is no way to become root, with what to add to sudoers
 */
export function parseProbe(text: string): { user: string; sudo: Sudo } {
  const gave = handedBack(text, 'probe');
  const user = gave.user?.trim() || 'USER';
  const sudo = WAYS.find((way) => way === gave.sudo?.trim());
  if (sudo !== undefined) return { user, sudo };
  throw new SlipwayError('refused', `The user "${user}" cannot become root on the host`, {
    hint: `Connect as root, or ${allowWithout(user)}`,
    cause: new Error(gave.reason?.trim() || 'the host did not answer the question'),
  });
}

/** What to do so that the user can become root without a password, as the end of a sentence. */
export function allowWithout(user: string): string {
  return `let root on the host add this line with visudo: ${user} ALL=(ALL) NOPASSWD:ALL`;
}

const WAYS: readonly Sudo[] = ['root', 'free', 'password'];

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
