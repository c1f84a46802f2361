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
apt-cache madison docker-ce 2>/dev/null | grep -q .
}

run_3() {
patiently 'Could not get lock|Unable to acquire the dpkg frontend lock|Unable to lock' env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -q -o DPkg::Lock::Timeout=600 update
patiently 'Could not get lock|Unable to acquire the dpkg frontend lock|Unable to lock' env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -q -o DPkg::Lock::Timeout=600 install -y --no-install-recommends -o Dpkg::Options::=--force-confold ca-certificates curl
scratch=$(mktemp -d)
curl -fsSL --retry 3 --connect-timeout 30 -o "$scratch/key" 'https://download.docker.com/linux/ubuntu/gpg'
if ! have gpg; then patiently 'Could not get lock|Unable to acquire the dpkg frontend lock|Unable to lock' env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -q -o DPkg::Lock::Timeout=600 install -y --no-install-recommends -o Dpkg::Options::=--force-confold gpg; fi
found=$(gpg --homedir "$scratch" --batch --no-tty --show-keys --with-colons "$scratch/key" 2>/dev/null |
  awk -F : '$1 == "pub" { next_is_it = 1 } $1 == "fpr" && next_is_it { print $10; next_is_it = 0 }')
if [ "$found" != 9DC858229FC7DD38854AE2D88D81803C0EBFCD88 ]; then
  echo "The signing key has the fingerprint $found instead of 9DC858229FC7DD38854AE2D88D81803C0EBFCD88"
  exit 1
fi
place /etc/apt/keyrings/docker.asc 0644 <"$scratch/key"
rm -rf "$scratch"
printf 'deb [arch=%s signed-by=%s] %s %s stable\n' "$(dpkg --print-architecture)" /etc/apt/keyrings/docker.asc \
  'https://download.docker.com/linux/ubuntu' 'noble' |
  place /etc/apt/sources.list.d/docker.list 0644
patiently 'Could not get lock|Unable to acquire the dpkg frontend lock|Unable to lock' env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -q -o DPkg::Lock::Timeout=600 update
}

done_4() {
[ ! -e "$memory/installing" ] && have dockerd
}

run_4() {
:
if [ -e "$memory/installing" ]; then env DEBIAN_FRONTEND=noninteractive dpkg --force-confold --configure -a; fi
patiently 'Could not get lock|Unable to acquire the dpkg frontend lock|Unable to lock' env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -q -o DPkg::Lock::Timeout=600 update
to=$({ apt-cache madison docker-ce | awk -F ' *[|] *' '{ print $2 }'; } | newest '27')
if [ -z "$to" ]; then
  echo 'There is no docker-ce 27', but these:
  { apt-cache madison docker-ce | awk -F ' *[|] *' '{ print $2 }'; } | sort -rV | head -n 20
  exit 1
fi
set -- docker-ce="$to" docker-ce-cli="$to" containerd.io docker-buildx-plugin docker-compose-plugin apparmor ca-certificates
note 'installed engine'
: >"$memory/installing"
patiently 'Could not get lock|Unable to acquire the dpkg frontend lock|Unable to lock' env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -q -o DPkg::Lock::Timeout=600 install -y --no-install-recommends -o Dpkg::Options::=--force-confold "$@"
systemctl enable docker.service
systemctl is-active --quiet docker.service || systemctl start docker.service
rm "$memory/installing"
}

main() {
step 'wait for cloud-init' 'See /var/log/cloud-init-output.log on the host' run_1 done_1
step 'set the host name' 'See whether /etc/hostname can be written on the host' run_2 done_2
step 'add Docker'\''s package repository' 'See whether the host reaches https://download.docker.com; or install the distribution'\''s own engine: --engine-source distribution' run_3 done_3
step 'install the engine' 'The reason is above: can the host reach its package repositories?' run_4 done_4
mark end
}

main </dev/null 2>&1

