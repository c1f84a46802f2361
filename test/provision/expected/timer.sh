# Written by Slipway: switches this machine off when its time is over
PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin
if [ "${of-}" != "$(cat /sys/class/dmi/id/product_uuid 2>/dev/null)" ]; then exit 0; fi
mkdir -p /run/slipway
born='dev@1795322902'
ends=1795330102
idle=1800

# seconds since the boot
age() { IFS=. read -r whole _ </proc/uptime && echo "$whole"; }

# the end as it was told last
end() {
  if ! read -r whose moved 2>/dev/null </var/lib/slipway/lifetime || [ "$whose" != "$born" ]; then moved=$ends; fi
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
        case $(tr '\0' ' ' 2>/dev/null <"$process/cmdline") in
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
  [ -n "$(find /var/lib/docker/containers /var/lib/docker/overlay2 /var/lib/docker/tmp \
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
    now=$(work | tr '\n' ' ')
    if is_starting || lasts || has_changed; then quiet=0; else quiet=$((quiet + 15)); fi
    : >/run/slipway/looked
    before=$now
    # what has just begun may last
    if [ "$quiet" -ge "$idle" ] && [ -z "$now" ]; then leave "nobody has used it for $idle s"; fi
  fi
  sleep 15
done