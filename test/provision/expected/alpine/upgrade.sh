set -u

umask 022

export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

nonce='NONCE'

run_1() {
put /etc/docker/daemon.json 0644 <<'END'
{
  "live-restore": true
}
END
if ! rc-service --quiet docker status; then exit 0; fi
pkill -HUP -x dockerd
tries=0
if have docker; then
  until [ "$(env -u DOCKER_HOST -u DOCKER_CONTEXT docker -H unix:///var/run/docker.sock info --format '{{.LiveRestoreEnabled}}')" = true ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 60 ]; then echo 'The engine did not take live-restore over'; exit 1; fi
    sleep 1
  done
else
  sleep 5
fi
}

run_2() {
patiently 'Unable to lock database|temporarily unavailable' apk --wait 600 update
from=$(apk info -e -v docker 2>/dev/null | sed 's/^docker-//')
to=$({ apk --repository "$(sed -n 's|^\([^#].*\)/main *$|\1/community|p' /etc/apk/repositories | head -n 1 | grep . || head -n 1 /etc/apk/repositories)" policy docker | sed -n 's/^  \([0-9][^ ]*\):$/\1/p'; } | newest '27')
if [ -z "$to" ]; then
  echo 'There is no docker 27', but these:
  { apk --repository "$(sed -n 's|^\([^#].*\)/main *$|\1/community|p' /etc/apk/repositories | head -n 1 | grep . || head -n 1 /etc/apk/repositories)" policy docker | sed -n 's/^  \([0-9][^ ]*\):$/\1/p'; } | sort -rV | head -n 20
  exit 1
fi
# never back to an older one
to=$(printf '%s\n' "$from" "$to" | sort -V | tail -n 1)
say from "${from#*:}"
say version "${to#*:}"
if [ "$to" = "$from" ]; then echo "$from is the newest already"; exit 0; fi
set -- docker="$to"
patiently 'Unable to lock database|temporarily unavailable' apk --wait 600 --repository "$(sed -n 's|^\([^#].*\)/main *$|\1/community|p' /etc/apk/repositories | head -n 1 | grep . || head -n 1 /etc/apk/repositories)" add --upgrade "$@"
rc-service --quiet docker status || rc-service docker start
}

done_3() {
[ ! -e "$memory/pending" ] && rc-update show default | grep -q '^ *docker ' && rc-service --quiet docker status
}

run_3() {
if ! rc-update show default | grep -q '^ *docker '; then
  note 'disabled service'
  rc-update add docker default
fi
if ! rc-service docker restart; then
  tail -n 20 /var/log/docker.log || true
  exit 1
fi
rm -f "$memory/pending"
}

main() {
step 'let containers outlive a restart of the engine' 'See what the engine says about daemon.json: journalctl -u docker' run_1
step 'upgrade the engine' 'The reason is above: can the host reach its package repositories?' run_2
step 'start the engine' 'The reason is above; on the host: journalctl -u docker' run_3 done_3
mark end
}

main </dev/null 2>&1

