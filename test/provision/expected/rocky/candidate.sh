set -u

umask 022

export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

nonce='NONCE'

run_1() {
patiently 'Waiting for process with pid|Failed to obtain the transaction lock|is locked by' dnf -y makecache
from=$(rpm -q --qf '%{VERSION}-%{RELEASE}\n' docker-ce 2>/dev/null)
to=$({ dnf -q repoquery --showduplicates --qf '%{version}-%{release}\n' docker-ce | sed 's/\\n/\n/g'; } | newest '')
if [ -z "$to" ]; then
  echo 'There is no docker-ce', but these:
  { dnf -q repoquery --showduplicates --qf '%{version}-%{release}\n' docker-ce | sed 's/\\n/\n/g'; } | sort -rV | head -n 20
  exit 1
fi
# never back to an older one
to=$(printf '%s\n' "$from" "$to" | sort -V | tail -n 1)
say from "${from#*:}"
say version "${to#*:}"
}

main() {
step 'look for a newer engine' 'The reason is above: can the host reach its package repositories?' run_1
mark end
}

main </dev/null 2>&1

