set -u

umask 022

export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

nonce='NONCE'

done_1() {
grep -qxF 'dev@1795322902 1795330102' /var/lib/slipway/lifetime 2>/dev/null
}

run_1() {
( umask 077; mkdir -p "$memory" )
printf '%s\n' 'dev@1795322902 1795330102' | place /var/lib/slipway/lifetime 0644
}

main() {
step 'move the end' 'See whether /var/lib/slipway can be written on the machine' run_1 done_1
mark end
}

main </dev/null 2>&1

