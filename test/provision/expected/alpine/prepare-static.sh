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
have curl && have iptables && have tar
}

run_2() {
patiently 'Unable to lock database|temporarily unavailable' apk --wait 600 update
patiently 'Unable to lock database|temporarily unavailable' apk --wait 600 --repository "$(sed -n 's|^\([^#].*\)/main *$|\1/community|p' /etc/apk/repositories | head -n 1 | grep . || head -n 1 /etc/apk/repositories)" add --upgrade ca-certificates curl iptables tar
}

run_3() {
note 'installed engine'
: >"$memory/installing"
scratch=$(mktemp -d)
curl -fsSL --retry 3 --connect-timeout 30 -o "$scratch/archive" 'https://example.com/docker-27.3.1.tgz'
found=$(sha256sum <"$scratch/archive" | cut -d ' ' -f 1)
if [ "$found" != 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef ]; then
  echo "The archive's checksum is $found instead of 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  exit 1
fi
tar -xzf "$scratch/archive" -C "$scratch"
mkdir -p /usr/local/bin
for file in "$scratch"/docker/*; do
  name=${file##*/}
  cp "$file" "/usr/local/bin/$name.slipway"
  chmod 0755 "/usr/local/bin/$name.slipway"
  mv -f "/usr/local/bin/$name.slipway" "/usr/local/bin/$name"
done
rm -rf "$scratch"
}

run_4() {
if ! grep -q '^docker:' /etc/group; then groupadd --system docker 2>/dev/null || addgroup -S docker; fi
place /etc/init.d/docker 0755 <<'END'
#!/sbin/openrc-run

description="Docker engine"
supervisor=supervise-daemon
command=/usr/local/bin/dockerd
command_args="${DOCKER_OPTS:-}"
output_log=/var/log/docker.log
error_log=/var/log/docker.log
rc_ulimit="-c unlimited -n 1048576 -u unlimited"
retry="TERM/60/KILL/10"

depend() {
  need sysfs cgroups net
  after firewall
}
END
rc-update add docker default
rc-service --quiet docker status || rc-service docker start
rm "$memory/installing"
}

main() {
step 'wait for cloud-init' 'See /var/log/cloud-init-output.log on the host' run_1 done_1
step 'install what the binaries need' 'Install curl, iptables and tar on the host by hand' run_2 done_2
step 'install the binaries' 'The reason is above: is it the archive of binaries from download.docker.com, and its checksum?' run_3
step 'make the engine a service' 'The reason is above; on the host: journalctl -u docker' run_4
mark end
}

main </dev/null 2>&1

