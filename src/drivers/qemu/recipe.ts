import type { Arch } from './settings.ts';

/** How a Debian 12 is built whose kernel QEMU boots directly, from the root file system that is its whole disk. */
export interface Recipe {
  readonly arch: Arch;
  /** With Debian's own engine in it. */
  readonly engine: boolean;
  /** Lines of an apt sources.list. */
  readonly sources: readonly string[];
  /** Where kernel and initrd go. */
  readonly kernel: string;
  readonly initrd: string;
}

export const SUITE = 'bookworm';

/**
 * The open file into which the file system goes, `files[0]` of whoever runs this: in a user namespace its path is out of
 * reach.
 */
const IMAGE = '/proc/self/fd/3';
/** Enough for what is installed; the first boot makes the file system as large as the machine's disk. */
const IMAGE_SIZE = '3G';

const PACKAGES = [
  'systemd-sysv',
  'dbus',
  'udev',
  'openssh-server',
  'cloud-init',
  'sudo',
  'ca-certificates',
  'curl',
  'iproute2',
  'e2fsprogs',
];
/**
 * With AppArmor in the kernel, an engine without its tools starts no container. The engine loads its own profile; the
 * package's service, which takes seconds for those of programs that are not here, is off.
 */
const ENGINE_PACKAGES = ['docker.io', 'iptables', 'apparmor'];

/** The words after `mmdebstrap`. It reads the sources from its standard input and writes no target of its own. */
export function mmdebstrapArgs({ arch, engine, kernel, initrd }: Recipe): string[] {
  const packages = [...PACKAGES, `linux-image-cloud-${debianArch(arch)}`, ...(engine ? ENGINE_PACKAGES : [])];
  return [
    '--mode=auto',
    '--variant=apt',
    '--format=null',
    `--architectures=${debianArch(arch)}`,
    `--include=${packages.join(',')}`,
    '--skip=cleanup/apt/lists',
    '--aptopt=Apt::Install-Recommends "false"',
    '--dpkgopt=path-exclude=/usr/share/man/*',
    '--dpkgopt=path-exclude=/usr/share/locale/*',
    '--dpkgopt=path-exclude=/usr/share/doc/*',
    '--dpkgopt=path-include=/usr/share/doc/*/copyright',
    `--essential-hook=${SMALL_INITRD}`,
    `--customize-hook=${settle(arch, engine)}`,
    `--customize-hook=${MAKE_FILE_SYSTEM}`,
    `--customize-hook=download /vmlinuz ${kernel}`,
    `--customize-hook=download /initrd.img ${initrd}`,
    SUITE,
    '',
    '-',
  ];
}

/** Debian's name of the architecture. */
export function debianArch(arch: Arch): 'amd64' | 'arm64' {
  return arch === 'aarch64' ? 'arm64' : 'amd64';
}

/** The initrd has to find one disk only; a small one is unpacked sooner. */
const SMALL_INITRD = `
mkdir -p "$1/etc/initramfs-tools/conf.d"
echo MODULES=list > "$1/etc/initramfs-tools/conf.d/slipway"
printf 'virtio_pci\\nvirtio_blk\\next4\\n' > "$1/etc/initramfs-tools/modules"`;

/** mmdebstrap has /proc and /sys mounted in the tree; a bind mount of it, seen by nobody else, shows it without. */
const MAKE_FILE_SYSTEM = `unshare --mount sh -ec '
  mount --bind "$1" "$1/mnt"
  truncate -s ${IMAGE_SIZE} ${IMAGE}
  mke2fs -q -t ext4 -L slipway -d "$1/mnt" ${IMAGE}
' sh "$1"`;

/**
 * What the packages leave open. Nothing that a machine must have to itself may be in the image: no machine id, no host
 * key. QEMU boots the kernel that was installed now, so an upgrade may not replace its modules. Timers that would take
 * apt's lock just after the boot are off.
 */
function settle(arch: Arch, engine: boolean): string {
  return `set -eu
root=$1
write() { mkdir -p "$(dirname "$root$1")"; cat > "$root$1"; }
rm -f "$root"/etc/ssh/ssh_host_* "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*_* "$root/var/lib/dbus/machine-id"
: > "$root/etc/machine-id"
for kernel in "$root"/boot/vmlinuz-*; do
  chroot "$root" apt-mark -qq hold "linux-image-\${kernel##*/vmlinuz-}" linux-image-cloud-${debianArch(arch)}
done
echo "/dev/vda / ext4 errors=remount-ro,noatime 0 0" | write /etc/fstab
echo "nameserver 10.0.2.3" | write /etc/resolv.conf
write /etc/systemd/network/80-slipway.network <<'END'
${NETWORK}
END
write /etc/cloud/cloud.cfg <<'END'
${CLOUD_CONFIG}
END
write /etc/systemd/system/cloud-init-local.service <<'END'
${CLOUD_INIT_LOCAL}
END
write /etc/systemd/system/cloud-final.service <<'END'
${CLOUD_FINAL}
END
write /usr/local/lib/slipway/end-first-boot <<'END'
${END_FIRST_BOOT}
END
write /etc/tmpfiles.d/slipway.conf <<'END'
${STATUS_OF_FIRST_BOOT}
END
mkdir -p "$root/etc/systemd/system-generators"
ln -sf /dev/null "$root/etc/systemd/system-generators/cloud-init-generator"
${engine ? ENGINE : ''}
systemctl --root="$root" --quiet enable systemd-networkd
systemctl --root="$root" --quiet add-wants multi-user.target cloud-init.target
systemctl --root="$root" --quiet mask cloud-init.service cloud-config.service cloud-init-hotplugd.socket \\
  apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer e2scrub_reap.service apparmor.service`;
}

const NETWORK = `[Match]
Name=en* eth*
[Network]
DHCP=ipv4`;

/** All that a first boot asks for, in one run of cloud-init: each run costs seconds where the processor is emulated. */
const CLOUD_CONFIG = `datasource_list: [NoCloud, None]
network: {config: disabled}
disable_root: true
preserve_hostname: false
users: []
ssh_genkeytypes: [ed25519]
cloud_init_modules: [bootcmd, write-files, resizefs, set_hostname, update_etc_hosts, users-groups, ssh, runcmd]
cloud_config_modules: []
cloud_final_modules: [scripts-user, final-message]
system_info:
  distro: debian
  ssh_svcname: ssh
  paths: {cloud_dir: /var/lib/cloud/, templates_dir: /etc/cloud/templates/}`;

const ONCE = 'ConditionPathExists=!/var/lib/cloud/instance/boot-finished';

/** So that `cloud-init status` goes on saying that the first boot is done. */
const STATUS_OF_FIRST_BOOT = `d /run/cloud-init
L /run/cloud-init/status.json - - - - /var/lib/cloud/data/status.json
L /run/cloud-init/result.json - - - - /var/lib/cloud/data/result.json`;

/** Debian's own unit holds up the network and everything after it, at each boot. */
const CLOUD_INIT_LOCAL = `[Unit]
Description=Apply the settings of the first boot
DefaultDependencies=no
After=systemd-remount-fs.service
Before=ssh.service systemd-user-sessions.service shutdown.target
Conflicts=shutdown.target
RequiresMountsFor=/var/lib/cloud
${ONCE}
[Service]
Type=oneshot
ExecStart=/usr/bin/cloud-init init --local
ExecStartPost=/bin/sh /usr/local/lib/slipway/end-first-boot
RemainAfterExit=yes
TimeoutSec=0
StandardOutput=journal+console`;

/**
 * Where the first stage failed at nothing and left no scripts to run, the last one has nothing to do but to say so, which
 * takes cloud-init seconds.
 */
const END_FIRST_BOOT = `scripts=$(ls /var/lib/cloud/instance/scripts)
if [ -n "$scripts" ] || grep -q '"errors": \\[$' /var/lib/cloud/data/status.json; then exit; fi
echo '{"v1": {"errors": []}}' >/var/lib/cloud/data/result.json
ln -sf /var/lib/cloud/data/result.json /run/cloud-init/result.json
: >/var/lib/cloud/instance/boot-finished`;

const CLOUD_FINAL = `[Unit]
Description=Run the commands of the first boot
After=cloud-init-local.service ssh.service network-online.target
Wants=network-online.target
${ONCE}
[Service]
Type=oneshot
ExecStart=/usr/bin/cloud-init modules --mode=final
RemainAfterExit=yes
TimeoutSec=0
KillMode=process
TasksMax=infinity
StandardOutput=journal+console`;

/**
 * The engine takes long to start. For the first time it would do so for nothing: it is set up first, unless somebody's own
 * cloud-init has done so. Later whoever waits, waits for sshd first.
 */
const ENGINE = `for unit in docker containerd; do
  printf '[Unit]\\nAfter=ssh.service\\n' | write "/etc/systemd/system/$unit.service.d/slipway.conf"
done
for file in /etc/docker/daemon.json /var/lib/docker; do
  echo "ConditionPathExists=|$file" >> "$root/etc/systemd/system/docker.service.d/slipway.conf"
done
systemctl --root="$root" --quiet disable docker.socket containerd.service`;
