set -u

umask 022

export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

nonce='NONCE'

run_1() {
patiently 'Unable to lock database|temporarily unavailable' apk --wait 600 update
from=$(apk info -e -v docker 2>/dev/null | sed 's/^docker-//')
to=$({ apk --repository "$(sed -n 's|^\([^#].*\)/main *$|\1/community|p' /etc/apk/repositories | head -n 1 | grep . || head -n 1 /etc/apk/repositories)" policy docker | sed -n 's/^  \([0-9][^ ]*\):$/\1/p'; } | newest '')
if [ -z "$to" ]; then
  echo 'There is no docker', but these:
  { apk --repository "$(sed -n 's|^\([^#].*\)/main *$|\1/community|p' /etc/apk/repositories | head -n 1 | grep . || head -n 1 /etc/apk/repositories)" policy docker | sed -n 's/^  \([0-9][^ ]*\):$/\1/p'; } | sort -rV | head -n 20
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

