import { type Step, sh } from './step.ts';

const KEY = '/etc/ssh/ssh_host_ed25519_key';
const HINT = 'See whether /etc/ssh can be written on the host';

/**
 * Takes the host's SSH key, with which it was made, out of use for one that never left it. In two halves, so that the
 * new one can be pinned before it is shown; connections stay open. Each half is repeatable.
 */
export const newHostKey: { /** Gives `hostKey`: type and key. */ make: readonly Step[]; activate: readonly Step[] } = {
  make: [
    {
      title: 'make a host key',
      run: sh`
        if ! ssh-keygen -y -f ${KEY}.slipway >/dev/null 2>&1; then
          rm -f ${KEY}.slipway ${KEY}.slipway.pub
          ssh-keygen -q -t ed25519 -N '' -C '' -f ${KEY}.slipway
        fi
        ssh-keygen -y -f ${KEY}.slipway | cut -d ' ' -f 1,2 | tr -d '\\n' | give hostKey
      `,
      hint: HINT,
    },
  ],
  activate: [
    {
      title: 'use the new host key',
      done: `[ ! -e ${KEY}.slipway ]`,
      run: sh`
        ssh-keygen -y -f ${KEY}.slipway >${KEY}.pub
        chmod 0600 ${KEY}.slipway
        chmod 0644 ${KEY}.pub
        rm -f ${KEY}.slipway.pub
        mv -f ${KEY}.slipway ${KEY}
        if have restorecon; then restorecon ${KEY} ${KEY}.pub || true; fi
        if [ -d /run/systemd/system ]; then
          # On Debian sshd is another name of ssh.
          for service in ssh sshd; do
            if systemctl is-active --quiet "$service.service"; then systemctl reload "$service.service"; break; fi
          done
        else
          rc-service sshd reload
        fi
      `,
      hint: HINT,
    },
  ],
};
