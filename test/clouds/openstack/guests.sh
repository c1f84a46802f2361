# shellcheck shell=bash disable=SC2034,SC2154
# What guests need besides the services: libvirt, the agents of the network, and a way to them from this computer. Sourced by
# services.sh. All is in a network of its own, of which this computer has the interface slipway-$NET only: there
# 198.18.$NET.0/24 is what OpenStack takes for the outside, with the floating addresses, and a router leads on to
# 198.19.$NET.0/24, the network inside.
HERE=198.18.$NET.1

go_apart() { # begins again in the network of its own, with a way back
  mkdir -p /run/netns
  mount -t tmpfs tmpfs /run/netns
  : >/run/netns/computer
  mount --bind /proc/self/ns/net /run/netns/computer
  exec unshare --net "$0" "$S" apart
}

make_network() {
  mount -t sysfs sysfs /sys
  ip link set lo up
  ip link add outside type bridge
  ip address add "$HERE/24" dev outside
  ip link add to-computer type veth peer name "slipway-$NET" netns computer
  ip link set to-computer master outside up
  ip link set outside up
  nsenter --net=/run/netns/computer ip address add "198.18.$NET.254/24" dev "slipway-$NET"
  nsenter --net=/run/netns/computer ip link set "slipway-$NET" up
  nsenter --net=/run/netns/computer ip route add "198.19.$NET.0/24" via "198.18.$NET.2"
  sysctl -q -w net.ipv4.ip_forward=1
}

start_agents() {
  write_agents
  start_libvirt
  answers neutron http "$NEUTRON" /
  local name
  for name in linuxbridge l3 dhcp metadata; do
    daemon "neutron-$name" "neutron-$name-agent" --config-file "$S/etc/neutron.conf" --config-file "$S/etc/$name.conf"
  done
  answers libvirt virsh -c qemu:///system list
}

# Last, because it gives up for good where the others do not answer yet.
start_metadata() {
  daemon nova-metadata bash -c "python nova.cmd.api_metadata --config-file $S/etc/nova.conf"
  answers nova-metadata http "$METADATA" /
}

# Its folders are of this OpenStack's own; guests run as root, as all here does.
start_libvirt() {
  local folder
  for folder in /etc/libvirt /var/lib/libvirt /var/log/libvirt /var/cache/libvirt /run/libvirt; do
    mkdir -p "$folder" "$S/libvirt$folder"
    mount --bind "$S/libvirt$folder" "$folder"
  done
  cat >/etc/libvirt/qemu.conf <<END
user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
security_driver = "none"
stdio_handler = "file"
namespaces = []
cgroup_controllers = []
END
  cat >/etc/libvirt/libvirtd.conf <<END
auth_unix_rw = "none"
unix_sock_rw_perms = "0700"
log_outputs = "3:stderr"
host_uuid = "$(cat /proc/sys/kernel/random/uuid)"
END
  # It does not start without the account that it would use otherwise.
  lend passwd libvirt-qemu:x:64055:64055::/var/lib/libvirt:/usr/sbin/nologin
  lend group libvirt-qemu:x:64055:
  daemon libvirt libvirtd --pid-file "$S/libvirtd.pid"
}

lend() { # file, line: which all here see at its end, and nobody else
  { grep -v "^${2%%:*}:" "/etc/$1"; echo "$2"; } >"$S/etc/$1"
  mount --bind "$S/etc/$1" "/etc/$1"
}

write_agents() {
  cat >"$S/etc/linuxbridge.conf" <<END
[linux_bridge]
bridge_mappings = outside:outside
[vxlan]
enable_vxlan = false
[securitygroup]
firewall_driver = iptables
enable_ipset = true
END
  cat >"$S/etc/l3.conf" <<END
[DEFAULT]
interface_driver = linuxbridge
END
  cat >"$S/etc/dhcp.conf" <<END
[DEFAULT]
interface_driver = linuxbridge
dhcp_driver = neutron.agent.linux.dhcp.Dnsmasq
resync_interval = 30
END
  cat >"$S/etc/metadata.conf" <<END
[DEFAULT]
nova_metadata_host = $HERE
nova_metadata_port = $METADATA
metadata_proxy_shared_secret = $PASSWORD
metadata_workers = 0
END
}
