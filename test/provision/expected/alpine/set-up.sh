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
put /etc/docker/slipway/ca.pem 0644 <<'END'
-----BEGIN CA-----
AAAA
-----END CA-----
END
put /etc/docker/slipway/cert.pem 0644 <<'END'
-----BEGIN SERVER-----
AAAA
-----END SERVER-----
END
put /etc/docker/slipway/key.pem 0600 <<'END'
-----BEGIN KEY-----
AAAA
-----END KEY-----
END
}

run_3() {
draft=$(mktemp)
trap 'rm "$draft"' EXIT
cat >"$draft" <<'END'
{
  "live-restore": true,
  "tlsverify": true,
  "tlscacert": "/etc/docker/slipway/ca.pem",
  "tlscert": "/etc/docker/slipway/cert.pem",
  "tlskey": "/etc/docker/slipway/key.pem",
  "labels": [
    "a=b"
  ],
  "registry-mirrors": [
    "https://mirror.example.com"
  ],
  "insecure-registries": [
    "10.0.0.0/8"
  ],
  "log-driver": "local"
}
END
dockerd --validate --config-file "$draft"
put /etc/docker/daemon.json 0644 <<'END'
{
  "live-restore": true,
  "tlsverify": true,
  "tlscacert": "/etc/docker/slipway/ca.pem",
  "tlscert": "/etc/docker/slipway/cert.pem",
  "tlskey": "/etc/docker/slipway/key.pem",
  "labels": [
    "a=b"
  ],
  "registry-mirrors": [
    "https://mirror.example.com"
  ],
  "insecure-registries": [
    "10.0.0.0/8"
  ],
  "log-driver": "local"
}
END
put /etc/conf.d/docker 0644 <<'END'
# slipway: begin
DOCKER_OPTS="${DOCKER_OPTS:-} "'-H unix:///var/run/docker.sock -H tcp://0.0.0.0:2376'
export HTTPS_PROXY='http://proxy:3128'
# slipway: end
END
}

done_4() {
if have firewall-cmd && firewall-cmd --quiet --state 2>/dev/null; then firewall-cmd --quiet --query-port 2376/tcp
elif have ufw && ufw status | grep -q '^Status: active'; then ufw status | grep -q '^2376/tcp .*ALLOW'
else true; fi
}

run_4() {
if have firewall-cmd && firewall-cmd --quiet --state 2>/dev/null; then
  note 'firewalld 2376/tcp'
  firewall-cmd --quiet --permanent --add-port 2376/tcp
  firewall-cmd --quiet --add-port 2376/tcp
else
  note 'ufw 2376/tcp'
  ufw allow 2376/tcp
fi
}

done_5() {
[ ! -d /run/systemd/system ] || [ -e /etc/systemd/system.conf.d/slipway.conf ]
}

run_5() {
mkdir -p /etc/systemd/system.conf.d
printf '[Manager]\nDefaultTimeoutStopSec=15s\n' | place /etc/systemd/system.conf.d/slipway.conf 0644
# a restart of the engine comes with one
if [ ! -e "$memory/pending" ]; then systemctl daemon-reload; fi
}

done_6() {
[ ! -e "$memory/pending" ] && rc-update show default | grep -q '^ *docker ' && rc-service --quiet docker status
}

run_6() {
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

done_7() {
id -nG 'slipway' | tr ' ' '\n' | grep -qx docker
}

run_7() {
if have usermod; then usermod -aG docker 'slipway'
else addgroup 'slipway' docker; fi
}

main() {
step 'let containers outlive a restart of the engine' 'See what the engine says about daemon.json: journalctl -u docker' run_1
step 'write the certificates' 'See whether /etc/docker can be written on the host' run_2
step 'configure the engine' 'The reason is above: an option that this engine does not know?' run_3
step 'let clients through the firewall' 'Open TCP port 2376 in the host'\''s firewall by hand' run_4 done_4
step 'end containers in time at power-off' 'See whether /etc/systemd can be written on the host' run_5 done_5
step 'start the engine' 'The reason is above; on the host: journalctl -u docker' run_6 done_6
step 'let the user at the engine' 'See whether there is a group "docker" on the host' run_7 done_7
mark end
}

main </dev/null 2>&1

