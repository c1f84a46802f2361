set -u

umask 022

export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

nonce='NONCE'

run_1() {
patiently 'Could not get lock|Unable to acquire the dpkg frontend lock|Unable to lock' env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -q -o DPkg::Lock::Timeout=600 update
from=$(dpkg-query -W -f '${Version}\n' docker-ce 2>/dev/null)
to=$(apt-cache policy docker-ce | sed -n 's/^ *Candidate: \([^(].*\)$/\1/p')
if [ -z "$to" ]; then
  echo 'There is no docker-ce', but these:
  { apt-cache madison docker-ce | awk -F ' *[|] *' '{ print $2 }'; } | sort -rV | head -n 20
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

