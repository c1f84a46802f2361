import { quote } from '../ssh/quote.ts';
import { MEMORY } from './prelude.ts';
import { hereDocument, type Step, sh } from './step.ts';

/** When a machine switches itself off. */
export interface Timer {
  /** A word that no other machine has: a disk's copy may boot as another one, which this does not concern. */
  readonly born: string;
  /** The moment, in seconds since 1970, by the machine's own clock. */
  readonly ends?: number;
  /** For how many seconds nobody may have used it. */
  readonly idle?: number;
}

/** How often the machine looks, in seconds. */
const PAUSE = 15;

/** Where the timer is kept, and a later end than its first. */
const TIMER = `${MEMORY}/timer`;
const MOVED = `${MEMORY}/lifetime`;

/** A file that only one machine has, even where another has a copy of its disk. */
const IDENTITY = '/sys/class/dmi/id/product_uuid';

/** Without the usual dependencies it begins at once, and still looks on while the system shuts down. */
const UNIT = `[Unit]
Description=The end of this machine (Slipway)
DefaultDependencies=no
RequiresMountsFor=${MEMORY}
[Service]
ExecStart=/bin/sh ${TIMER}
Restart=on-failure
RestartSec=5
OOMScoreAdjust=-900
[Install]
WantedBy=sysinit.target
`;

/**
 * The command that arms the timer, for cloud-init's `bootcmd`, which runs before anything is installed. Not every image
 * has cloud-init at each boot, so systemd starts the timer by itself from then on; with OpenRC it is armed anew.
 */
export function armTimer(timer: Timer): string {
  return sh`
    ( umask 077; mkdir -p ${MEMORY} )
    {
      echo "of='$(cat ${IDENTITY} 2>/dev/null)'"
      cat ${hereDocument(timerScript(timer))}
    } >${TIMER}
    slipway_service() {
      [ -d /run/systemd/system ] || return 1
      mkdir -p /etc/systemd/system
      cat >/etc/systemd/system/slipway-lifetime.service ${hereDocument(UNIT)}
      systemctl daemon-reload
      systemctl --quiet enable slipway-lifetime.service
      systemctl --no-block start slipway-lifetime.service
    }
    if ! slipway_service; then
      ( trap '' HUP; exec sh ${TIMER} ) </dev/null >/dev/null 2>&1 &
    fi
  `;
}

/** Tells a machine of its new end. */
export function moveEnd({ born, ends = 0 }: Timer): Step[] {
  const line = quote(`${born} ${ends}`);
  return [
    {
      title: 'move the end',
      done: `grep -qxF ${line} ${MOVED} 2>/dev/null`,
      run: sh`
        ( umask 077; mkdir -p "$memory" )
        printf '%s\\n' ${line} | place ${MOVED} 0644
      `,
      hint: 'See whether /var/lib/slipway can be written on the machine',
    },
  ];
}

/**
 * In use is a machine on which something lasts from one look to the next: a container, a step of a build, somebody who is
 * logged in, or a client that is connected to the engine; or that has made containers or layers since the last look.
 * Short questions, such as our own, do not count. Until there is an engine, the idle time does not begin.
 */
export function timerScript({ born, ends = 0, idle = 0 }: Timer): string {
  return sh`
    # Written by Slipway: switches this machine off when its time is over
    PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin
    if [ "\${of-}" != "$(cat ${IDENTITY} 2>/dev/null)" ]; then exit 0; fi
    mkdir -p /run/slipway
    born=${quote(born)}
    ends=${String(ends)}
    idle=${String(idle)}

    # seconds since the boot
    age() { IFS=. read -r whole _ </proc/uptime && echo "$whole"; }

    # the end as it was told last
    end() {
      if ! read -r whose moved 2>/dev/null <${MOVED} || [ "$whose" != "$born" ]; then moved=$ends; fi
      case $moved in '' | *[!0-9]*) moved=$ends ;; esac
      echo "$moved"
    }

    is_over() {
      end=$(end)
      [ "$end" -gt 0 ] && [ "$(date +%s)" -ge "$end" ]
    }

    # what is at work: a word each, the same as long as it lasts
    work() {
      for process in /proc/[0-9]*; do
        read -r name 2>/dev/null <"$process/comm" || continue
        case $name in
          containerd-shim* | runc* | crun | buildkit-runc) echo "$process" ;;
          sshd*)
            # a title in brackets is that of a listener, or of somebody who is not logged in yet
            case $(tr '\\0' ' ' 2>/dev/null <"$process/cmdline") in
              *'['*) ;;
              sshd:* | sshd-session:*) echo "$process" ;;
            esac ;;
          dockerd) : >/run/slipway/engine ;;
        esac
      done
      # 01 is an established connection, 0948 the engine's port
      cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '$2 ~ /:0948$/ && $4 == "01" { print "socket" $10 }'
    }

    lasts() {
      for word in $now; do
        case " $before " in *" $word "*) return 0 ;; esac
      done
      return 1
    }

    has_changed() {
      [ -n "$(find /var/lib/docker/containers /var/lib/docker/overlay2 /var/lib/docker/tmp \\
        /var/lib/containerd/*/snapshots -maxdepth 0 -newer /run/slipway/looked 2>/dev/null)" ]
    }

    # engines that take longer than this are not waited for
    is_starting() { [ ! -e /run/slipway/engine ] && [ "$(age)" -lt 900 ]; }

    leave() {
      echo "slipway: $1: this machine switches itself off" >/dev/kmsg || true
      if [ -d /run/systemd/system ]; then systemctl --ignore-inhibitors poweroff; else poweroff; fi
      sleep 300
      # whatever holds the shutdown up has had its time
      sync
      poweroff -f
    }

    # started after its end, it stays long enough to be told of another
    from=0
    if is_over; then from=600; fi
    quiet=0
    before=
    while :; do
      if is_over && [ "$(age)" -ge "$from" ]; then leave 'its time is over'; fi
      if [ "$idle" -gt 0 ]; then
        now=$(work | tr '\\n' ' ')
        if is_starting || lasts || has_changed; then quiet=0; else quiet=$((quiet + ${String(PAUSE)})); fi
        : >/run/slipway/looked
        before=$now
        # what has just begun may last
        if [ "$quiet" -ge "$idle" ] && [ -z "$now" ]; then leave "nobody has used it for $idle s"; fi
      fi
      sleep ${String(PAUSE)}
    done
  `;
}
