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
[ ! -e "$memory/installing" ] && have dockerd
}

run_2() {
:
if [ -e "$memory/installing" ]; then env DEBIAN_FRONTEND=noninteractive dpkg --force-confold --configure -a; fi
patiently 'Could not get lock|Unable to acquire the dpkg frontend lock|Unable to lock' env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -q -o DPkg::Lock::Timeout=600 update
set -- docker.io apparmor ca-certificates
available() { [ -n "$({ apt-cache madison "$1" | awk -F ' *[|] *' '{ print $2 }'; } 2>/dev/null)" ]; }
if available docker-cli; then set -- "$@" docker-cli; fi
if available docker-buildx; then set -- "$@" docker-buildx; fi
note 'installed engine'
: >"$memory/installing"
patiently 'Could not get lock|Unable to acquire the dpkg frontend lock|Unable to lock' env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -q -o DPkg::Lock::Timeout=600 install -y --no-install-recommends -o Dpkg::Options::=--force-confold "$@"
systemctl enable docker.service
systemctl is-active --quiet docker.service || systemctl start docker.service
rm "$memory/installing"
}

main() {
step 'wait for cloud-init' 'See /var/log/cloud-init-output.log on the host' run_1 done_1
step 'install the engine' 'The reason is above: can the host reach its package repositories?' run_2 done_2
mark end
}

main </dev/null 2>&1

