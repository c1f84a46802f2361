set -u

umask 022

export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

nonce='NONCE'

done_1() {
[ ! -e /etc/ssh/ssh_host_ed25519_key.slipway ]
}

run_1() {
ssh-keygen -y -f /etc/ssh/ssh_host_ed25519_key.slipway >/etc/ssh/ssh_host_ed25519_key.pub
chmod 0600 /etc/ssh/ssh_host_ed25519_key.slipway
chmod 0644 /etc/ssh/ssh_host_ed25519_key.pub
rm -f /etc/ssh/ssh_host_ed25519_key.slipway.pub
mv -f /etc/ssh/ssh_host_ed25519_key.slipway /etc/ssh/ssh_host_ed25519_key
if have restorecon; then restorecon /etc/ssh/ssh_host_ed25519_key /etc/ssh/ssh_host_ed25519_key.pub || true; fi
if [ -d /run/systemd/system ]; then
  # On Debian sshd is another name of ssh.
  for service in ssh sshd; do
    if systemctl is-active --quiet "$service.service"; then systemctl reload "$service.service"; break; fi
  done
else
  rc-service sshd reload
fi
}

main() {
step 'use the new host key' 'See whether /etc/ssh can be written on the host' run_1 done_1
mark end
}

main </dev/null 2>&1

