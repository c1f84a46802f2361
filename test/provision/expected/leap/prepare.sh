set -u

umask 022

export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

nonce='NONCE'

done_1() {
have cloud-init || exit 0
if [ -e /run/cloud-init/result.json ] || [ -e /run/cloud-init/disabled ]; then exit 0; fi
if [ -d /run/systemd/system ]; then
  case $(systemctl show -p ActiveState cloud-final.service) in
    *=activating) false ;;
    *=active | *=failed) true ;;
    *) ! systemctl is-system-running 2>/dev/null | grep -qE 'initializing|starting' ;;
  esac
else
  case $(cloud-init status 2>/dev/null) in *running* | *'not run'* | *'not started'*) false ;; *) true ;; esac
fi
}

run_1() {
tries=0 # and not the time of day, which a first boot sets
until ( have cloud-init || exit 0
if [ -e /run/cloud-init/result.json ] || [ -e /run/cloud-init/disabled ]; then exit 0; fi
if [ -d /run/systemd/system ]; then
  case $(systemctl show -p ActiveState cloud-final.service) in
    *=activating) false ;;
    *=active | *=failed) true ;;
    *) ! systemctl is-system-running 2>/dev/null | grep -qE 'initializing|starting' ;;
  esac
else
  case $(cloud-init status 2>/dev/null) in *running* | *'not run'* | *'not started'*) false ;; *) true ;; esac
fi ) || [ "$tries" -ge 600 ]; do
  tries=$((tries + 1))
  sleep 1
done
if ! grep -q '"errors": \[\]' /run/cloud-init/result.json 2>/dev/null; then cloud-init status --long || true; fi
}

done_2() {
[ "$(cat /etc/hostname)" = 'dev' ] && [ "$(cat /proc/sys/kernel/hostname)" = 'dev' ]
}

run_2() {
keep /etc/hostname
keep /etc/hosts
echo 'dev' | place /etc/hostname 0644
echo 'dev' >/proc/sys/kernel/hostname
if ! grep -qwF 'dev' /etc/hosts; then echo '127.0.1.1 dev' >>/etc/hosts; fi
wrote /etc/hostname
wrote /etc/hosts
}

done_3() {
[ ! -e "$memory/installing" ] && have dockerd
}

run_3() {
:
if [ -e "$memory/installing" ]; then :; fi
patiently 'System management is locked' env ZYPP_LOCK_TIMEOUT=600 zypper --non-interactive refresh
to=$({ zypper --non-interactive --quiet search --details --type package --match-exact docker | awk -F ' *[|] *' -v name=docker '$2 == name { print $4 }'; } | newest '27')
if [ -z "$to" ]; then
  echo 'There is no docker 27', but these:
  { zypper --non-interactive --quiet search --details --type package --match-exact docker | awk -F ' *[|] *' -v name=docker '$2 == name { print $4 }'; } | sort -rV | head -n 20
  exit 1
fi
set -- docker="$to" docker-buildx
note 'installed engine'
: >"$memory/installing"
patiently 'System management is locked' env ZYPP_LOCK_TIMEOUT=600 zypper --non-interactive install --no-confirm "$@"
systemctl enable docker.service
systemctl is-active --quiet docker.service || systemctl start docker.service
rm "$memory/installing"
}

main() {
step 'wait for cloud-init' 'See /var/log/cloud-init-output.log on the host' run_1 done_1
step 'set the host name' 'See whether /etc/hostname can be written on the host' run_2 done_2
step 'install the engine' 'The reason is above: can the host reach its package repositories?' run_3 done_3
mark end
}

main </dev/null 2>&1

