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
patiently 'Waiting for process with pid|Failed to obtain the transaction lock|is locked by' dnf -y makecache
from=$(rpm -q --qf '%{VERSION}-%{RELEASE}\n' docker-ce 2>/dev/null)
to=$({ dnf -q repoquery --showduplicates --qf '%{version}-%{release}\n' docker-ce | sed 's/\\n/\n/g'; } | newest '27')
if [ -z "$to" ]; then
  echo 'There is no docker-ce 27', but these:
  { dnf -q repoquery --showduplicates --qf '%{version}-%{release}\n' docker-ce | sed 's/\\n/\n/g'; } | sort -rV | head -n 20
  exit 1
fi
# never back to an older one
to=$(printf '%s\n' "$from" "$to" | sort -V | tail -n 1)
say from "${from#*:}"
say version "${to#*:}"
if [ "$to" = "$from" ]; then echo "$from is the newest already"; exit 0; fi
set -- docker-ce-"$to" docker-ce-cli-"$to"
if there=$(rpm -q --qf '%{VERSION}-%{RELEASE}\n' containerd.io 2>/dev/null) && [ -n "$there" ]; then set -- "$@" containerd.io; fi
if there=$(rpm -q --qf '%{VERSION}-%{RELEASE}\n' docker-buildx-plugin 2>/dev/null) && [ -n "$there" ]; then set -- "$@" docker-buildx-plugin; fi
if there=$(rpm -q --qf '%{VERSION}-%{RELEASE}\n' docker-compose-plugin 2>/dev/null) && [ -n "$there" ]; then set -- "$@" docker-compose-plugin; fi
patiently 'Waiting for process with pid|Failed to obtain the transaction lock|is locked by' dnf -y install "$@"
systemctl is-active --quiet docker.service || systemctl start docker.service
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
step 'upgrade the engine' 'The reason is above: can the host reach its package repositories?' run_2
step 'start the engine' 'The reason is above; on the host: journalctl -u docker' run_3 done_3
mark end
}

main </dev/null 2>&1

