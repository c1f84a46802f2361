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
: >"$memory/pending"
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
step 'upgrade the engine' 'The reason is above: is it the archive of binaries from download.docker.com, and its checksum?' run_2
step 'start the engine' 'The reason is above; on the host: journalctl -u docker' run_3 done_3
mark end
}

main </dev/null 2>&1

