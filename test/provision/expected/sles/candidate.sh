set -u

umask 022

export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

nonce='NONCE'

run_1() {
patiently 'System management is locked' env ZYPP_LOCK_TIMEOUT=600 zypper --non-interactive refresh
from=$(rpm -q --qf '%{VERSION}-%{RELEASE}\n' docker 2>/dev/null)
to=$({ zypper --non-interactive --quiet search --details --type package --match-exact docker | awk -F ' *[|] *' -v name=docker '$2 == name { print $4 }'; } | newest '')
if [ -z "$to" ]; then
  echo 'There is no docker', but these:
  { zypper --non-interactive --quiet search --details --type package --match-exact docker | awk -F ' *[|] *' -v name=docker '$2 == name { print $4 }'; } | sort -rV | head -n 20
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

