set -u

umask 022

export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

nonce='NONCE'

run_1() {
if ! ssh-keygen -y -f /etc/ssh/ssh_host_ed25519_key.slipway >/dev/null 2>&1; then
  rm -f /etc/ssh/ssh_host_ed25519_key.slipway /etc/ssh/ssh_host_ed25519_key.slipway.pub
  ssh-keygen -q -t ed25519 -N '' -C '' -f /etc/ssh/ssh_host_ed25519_key.slipway
fi
ssh-keygen -y -f /etc/ssh/ssh_host_ed25519_key.slipway | cut -d ' ' -f 1,2 | tr -d '\n' | give hostKey
}

main() {
step 'make a host key' 'See whether /etc/ssh can be written on the host' run_1
mark end
}

main </dev/null 2>&1

