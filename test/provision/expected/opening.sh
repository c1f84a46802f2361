set -u

umask 022

export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

nonce='opening'

say user "$(id -un)"
# shellcheck disable=SC2016 # it is for another shell
look='echo "slipway:opening say sudo $1"
set -u

umask 022

export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

nonce='\''facts'\''

run_1() {
init=other
pid=0
path=$(command -v dockerd || true)
if [ -d /run/systemd/system ]; then
  init=systemd
  service=$(systemctl show -p ExecStart -p MainPID docker.service || true)
  started=${service##*ExecStart={ path=}
  started=${started%%[ ;]*}
  if [ -x "$started" ]; then path=$started; fi
  pid=${service##*MainPID=}
  pid=${pid%%[!0-9]*}
elif have rc-service; then
  init=openrc
  pid=$(pidof dockerd | cut -d '\'' '\'' -f 1 || true)
fi

host() {
  say init "$init"
  say arch "$(uname -m)"
  { cat /etc/os-release 2>/dev/null || cat /usr/lib/os-release; } | give os-release
  df -Pk /usr /var | awk '\''NR > 1 && (least == "" || $4 < least) { least = $4 } END { if (NR > 1) print int(least / 1024) }'\'' | give disk
  if ! ( have cloud-init || exit 0
if [ -e /run/cloud-init/result.json ] || [ -e /run/cloud-init/disabled ]; then exit 0; fi
if [ -d /run/systemd/system ]; then
  case $(systemctl show -p ActiveState cloud-final.service) in
    *=activating) false ;;
    *=active | *=failed) true ;;
    *) ! systemctl is-system-running 2>/dev/null | grep -qE '\''initializing|starting'\'' ;;
  esac
else
  case $(cloud-init status 2>/dev/null) in *running* | *'\''not run'\''* | *'\''not started'\''*) false ;; *) true ;; esac
fi ); then say busy yes
  elif went_wrong; then give cloud-init </run/cloud-init/result.json
  fi
}

# Whether cloud-init'\''s result tells of errors.
went_wrong() {
  if ! [ -e /run/cloud-init/result.json ]; then return 1; fi
  while read -r line || [ -n "$line" ]; do
    case $line in *'\''"errors": []'\''*) ;; *'\''"errors": ['\''*) return 0 ;; esac
  done </run/cloud-init/result.json
  return 1
}

program() {
  if [ "$init" = systemd ]; then systemctl cat docker.service 2>/dev/null | give unit || true; fi
  if [ -z "$path" ]; then return; fi
  say path "$path"
  {
    if have dpkg-query; then dpkg-query -S "$path" 2>/dev/null | cut -d : -f 1
    elif have rpm; then rpm -qf --qf '\''%{NAME}\n'\'' "$path" 2>/dev/null
    elif have pacman; then pacman -Qqo "$path" 2>/dev/null
    elif have apk; then apk info -W "$path" 2>/dev/null | sed -n '\''s/.* is owned by \(.*\)-[0-9][^-]*-r[0-9]*$/\1/p'\''
    fi
  } | give package || true
}

untouched() { [ -f "$1" ] && [ -f "$memory/written$1" ] && [ "$(sum "$1")" = "$(cat "$memory/written$1")" ]; }
files() {
  if [ -s /var/lib/docker/swarm/docker-state.json ]; then say swarm yes; fi
  for file in /etc/docker/daemon.json /etc/conf.d/docker; do
    if [ -f "$file" ]; then give "now:$file" <"$file"; fi
    if [ -f "$memory/originals$file" ]; then give "original:$file" <"$memory/originals$file"; fi
    if untouched "$file"; then say "ours:$file" yes; fi
  done
  if untouched /etc/docker/slipway/ca.pem && untouched /etc/docker/slipway/cert.pem && untouched /etc/docker/slipway/key.pem; then
    give ca </etc/docker/slipway/ca.pem
    give cert </etc/docker/slipway/cert.pem
  fi
  if [ -e "$memory/installing" ]; then say installing yes; fi
  if noted '\''had /etc/docker/daemon.json'\'' || noted '\''new /etc/docker/daemon.json'\''; then say touched yes; fi
}

# Whichever asks: it is waited for once. curl says with 2 that it does not know the option.
ask() {
  code=2
  if have curl; then
    code=0
    curl -qsf --noproxy '\''*'\'' --max-time 30 --unix-socket /var/run/docker.sock http://localhost/info || code=$?
  fi
  if [ "$code" -eq 2 ] && have docker; then
    env -u DOCKER_HOST -u DOCKER_CONTEXT timeout 30 docker -H unix:///var/run/docker.sock info --format '\''{{json .}}'\''
  fi
}

# The engine answers late: the program is looked at meanwhile, and tells before it, since long lines of two would be torn.
engine() {
  program &
  info=
  if [ "${pid:-0}" -gt 0 ]; then info=$(ask 2>/dev/null || true); fi
  wait "$!"
  printf %s "$info" | give info
  # The program takes long to start, and one that runs has said it already.
  # shellcheck disable=SC3013 # POSIX has -ef since 2024, the shells have had it for long.
  if [ -n "$path" ] && { [ -z "$info" ] || ! [ "/proc/$pid/exe" -ef "$path" ]; }; then
    "$path" --version | give version
  fi
}

if [ "${pid:-0}" -gt 0 ]; then give args <"/proc/$pid/cmdline"; fi
{ host; files; } &
others=$!
told=$(engine)
wait "$others"
printf '\''%s
'\'' "$told"
}

main() {
step '\''look at the host'\'' '\''The host must have the usual programs: cat, sed, awk, base64'\'' run_1
mark end
}

main </dev/null 2>&1


exec sh -s
'
if [ "$(id -u)" -eq 0 ]; then exec sh -c "$look" sh root; fi
if have sudo; then exec sudo -n sh -c "$look" sh free; fi
echo 'sudo: it is not installed' >&2
exit # or it would wait for more of this script

