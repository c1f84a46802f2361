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
if ! systemctl is-active --quiet docker.service; then exit 0; fi
pid=$(systemctl show -p MainPID --value docker.service)
[ "$pid" -gt 0 ] # 0 would be ourselves
kill -HUP "$pid"
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
[ ! -e "$memory/pending" ] && { [ -L /etc/systemd/system/multi-user.target.wants/docker.service ] || systemctl is-enabled --quiet docker.service; } && systemctl is-active --quiet docker.service
}

run_3() {
if ! { [ -L /etc/systemd/system/multi-user.target.wants/docker.service ] || systemctl is-enabled --quiet docker.service; }; then
  note 'disabled service'
  systemctl enable docker.service
fi
systemctl daemon-reload
again() {
  # it may just have been started too often of late
  systemctl reset-failed docker.service docker.socket 2>/dev/null || true
  systemctl restart docker.service
}
if ! systemctl restart docker.service && ! again; then
  journalctl --unit docker.service --lines 20 --no-pager --output cat || true
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

