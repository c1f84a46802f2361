import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/program.ts';
import { detect, type Facts, parseFacts } from '../../src/provision/facts.ts';
import type { Step } from '../../src/provision/step.ts';
import { carryOut, output, type Telling } from './shells.ts';

/** A host of the size of a folder: busybox, and programs of ours where a real host has systemd, docker and apt. */
export interface Chroot {
  readonly folder: string;
  /** The words that start a shell in it. */
  readonly shell: readonly [string, ...string[]];
  facts(): Promise<Facts>;
  carryOut(steps: readonly Step[]): Promise<Telling>;
  /** What a script prints there. */
  output(script: string): Promise<string>;
  /** Every file below /etc and /var/lib/slipway: path, kind, mode, and what is in it. */
  manifest(): string[];
  read(path: string): string;
  write(path: string, text: string, mode?: number): void;
  /** The command lines of the programs of ours since the last call. */
  calls(): string[];
  remove(): Promise<void>;
}

/**
 * Makes one, with an engine that is not running. The engine keeps its state below /state: the containers that run are
 * counted in `containers`; they end with an engine that was not told to let them live.
 */
export async function makeChroot(): Promise<Chroot> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-chroot-'));
  const path = (name: string) => join(folder, name);
  const write = (name: string, text: string, mode = 0o644) => {
    mkdirSync(join(path(name), '..'), { recursive: true });
    writeFileSync(path(name), text);
    chmodSync(path(name), mode);
  };
  for (const name of [
    'bin',
    'dev',
    'tmp',
    'proc',
    'state',
    'run/systemd/system',
    'usr',
    'var/lib',
    'etc/apt/sources.list.d',
  ])
    mkdirSync(path(name), { recursive: true });
  await cp('/bin/busybox', path('bin/busybox'));
  const { stdout } = await run('/bin/busybox', ['--list']);
  for (const name of stdout.split('\n').filter((one) => one !== '' && one !== 'busybox'))
    symlinkSync('busybox', path(`bin/${name}`));
  for (const [name, text] of Object.entries(PROGRAMS)) write(`usr/bin/${name}`, `#!/bin/sh\n${text}`, 0o755);
  write('usr/sbin/dockerd', `#!/bin/sh\n${DOCKERD}`, 0o755);
  write('usr/lib/systemd/system/docker.service', UNIT);
  write(
    'etc/os-release',
    'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
  );
  write('etc/group', 'root:x:0:\n');
  write('dev/null', '');
  write('proc/sys/kernel/hostname', 'theirs\n');
  write('state/calls', '');

  // Without root, a user namespace gives the right to chroot.
  const inside = ['env', '-i', 'PATH=/usr/sbin:/usr/bin:/bin', 'chroot', folder, '/bin/sh'] as const;
  const shell = userInfo().uid === 0 ? inside : (['unshare', '--map-root-user', ...inside] as const);
  return {
    folder,
    shell,
    write,
    read: (name) => readFileSync(path(name), 'utf8'),
    facts: async () => parseFacts(await output(shell, detect)),
    carryOut: (steps) => carryOut(shell, steps),
    output: (script) => output(shell, script),
    manifest: () => ['etc', 'var/lib'].flatMap((name) => list(folder, name)),
    calls() {
      const lines = readFileSync(path('state/calls'), 'utf8').split('\n').filter(Boolean);
      writeFileSync(path('state/calls'), '');
      return lines;
    },
    async remove() {
      await output(shell, 'systemctl stop docker.service');
      rmSync(folder, { recursive: true });
    },
  };
}

function list(root: string, name: string): string[] {
  const path = join(root, name);
  const stat = lstatSync(path);
  const head = `${name} ${(stat.mode & 0o7777).toString(8)}`;
  if (stat.isSymbolicLink()) return [`${name} -> ${readlinkSync(path)}`];
  if (stat.isDirectory())
    return [
      `${head} folder`,
      ...readdirSync(path)
        .sort()
        .flatMap((one) => list(root, join(name, one))),
    ];
  return [`${head} ${stat.uid - userInfo().uid} ${JSON.stringify(readFileSync(path, 'utf8'))}`];
}

const UNIT = `[Unit]
Description=Docker
[Service]
ExecStart=/usr/sbin/dockerd -H fd:// $DOCKER_OPTS
[Install]
WantedBy=multi-user.target
`;

// The engine: reads live-restore as dockerd does, at the start and at SIGHUP, where a missing entry changes nothing.
const DOCKERD = `
case $* in *--version*) echo 'Docker version 20.10.24+dfsg1, build 297e128'; exit ;; *--help*) exit ;; esac
json=/etc/docker/daemon.json
if grep -q '"live-restore": true' $json 2>/dev/null; then echo true; else echo false; fi >/state/live
for file in $(sed -n 's/.*"tls[a-z]*": "\\(.*\\)".*/\\1/p' $json 2>/dev/null); do [ -s "$file" ] || { echo "cannot read $file" >&2; exit 1; }; done
reload() {
  echo 'dockerd reloads' >>/state/calls
  if grep -q '"live-restore": true' $json; then echo true >/state/live; fi
  if grep -q '"live-restore": false' $json; then echo false >/state/live; fi
}
stop() {
  [ "$(cat /state/live)" = true ] || echo 0 >/state/containers
  rm -rf /state/pid "/proc/$$"
  exit
}
trap reload HUP
trap stop TERM
mkdir -p "/proc/$$"
for word in dockerd "$@"; do printf '%s\\0' "$word"; done >"/proc/$$/cmdline"
echo "$$" >/state/pid
while :; do sleep 0.05 & wait "$!"; done
`;

const WANTED = '/etc/systemd/system/multi-user.target.wants/docker.service';
// Where packages come from: Docker's are offered once its repository is there. Installing one brings dockerd.
const INSTALLERS = {
  'apt-cache': `
case $2 in
  docker-ce) [ -e /etc/apt/sources.list.d/docker.list ] || exit 0; for v in 26.1.4 27.3.1 27.5.0 28.0.1; do echo " docker-ce | 5:$v-1~debian.12~bookworm | https://example.com"; done ;;
  docker.io) echo 'docker.io | 20.10.24+dfsg1-1 | https://example.com' ;;
  apparmor) echo 'apparmor | 3.0.8-3 | https://example.com' ;;
esac
`,
  'apt-get': `
while :; do case $1 in -o) shift 2 ;; -*) shift ;; *) break ;; esac; done
words=$1
shift
while [ $# -gt 0 ]; do case $1 in -o) shift ;; -*) ;; *) words="$words $1" ;; esac; shift; done
echo "apt-get $words" >>/state/calls
if [ -e /state/locked ]; then rm /state/locked; echo 'E: Could not get lock /var/lib/dpkg/lock-frontend' >&2; exit 100; fi
case $words in *docker-ce=* | *"docker-ce "* | *docker.io*) [ ! -e /state/dockerd ] || mv /state/dockerd /usr/sbin/dockerd ;; esac
if [ -e /state/dies ] && [ -e /usr/sbin/dockerd ]; then rm /state/dies; exit 100; fi
`,
  dnf: `
while :; do case $1 in -*) shift ;; *) break ;; esac; done
case $* in
  repoquery*--qf*docker-ce) for v in 26.1.4 27.3.1 27.5.0 28.0.1; do echo "$v-1.el9"; done ;;
  repoquery*--qf*) for v in 25.0.6 27.3.1; do echo "$v-2"; done ;;
  repoquery*) ;;
  *) echo "dnf $*" >>/state/calls ;;
esac
case $* in install*docker-ce-2* | install*moby-engine* | install*docker-2*) [ ! -e /state/dockerd ] || mv /state/dockerd /usr/sbin/dockerd ;; esac
`,
  rpm: `
case $* in
  --import*) echo "rpm $*" >>/state/calls ;;
  *compose*) echo 'package is not installed'; exit 1 ;;
  *) echo 26.1.4-1.el9 ;;
esac
`,
  zypper: `
while :; do case $1 in -*) shift ;; *) break ;; esac; done
case $1 in
  search) echo 'S | Name   | Type    | Version         | Arch   | Repository'; echo '--+--------+---------+'; echo '  | docker | package | 27.5.1_ce-98.33 | x86_64 | Containers'; echo 'v | docker | package | 24.0.7_ce-98.1  | x86_64 | Containers' ;;
  *) echo "zypper $*" >>/state/calls ;;
esac
case $* in install*docker*) [ ! -e /state/dockerd ] || mv /state/dockerd /usr/sbin/dockerd ;; esac
`,
  pacman: `
case $* in
  -Si*) echo 'Name            : docker'; echo 'Version         : 1:27.3.1-1' ;;
  *) echo "pacman $*" >>/state/calls; [ ! -e /state/dockerd ] || mv /state/dockerd /usr/sbin/dockerd ;;
esac
`,
  apk: `
case $* in
  *policy*) printf '%s policy:\n  26.1.5-r0:\n    lib/apk/db/installed\n  27.3.1-r0:\n    https://example.com/community\n' docker ;;
  info*) echo docker-26.1.5-r0 ;;
  *) echo "apk $*" >>/state/calls ;;
esac
case $* in *add*docker*) [ ! -e /state/dockerd ] || mv /state/dockerd /usr/sbin/dockerd ;; esac
`,
  'rc-service': 'echo "rc-service $*" >>/state/calls; case $* in *status) [ -e /state/started ] ;; esac',
  'rc-update': 'echo "rc-update $*" >>/state/calls',
  pkill: 'echo "pkill $*" >>/state/calls; echo true >/state/live',
  dpkg: 'case $* in *print-arch*) echo amd64 ;; *) echo "dpkg $*" >>/state/calls ;; esac',
  curl: `
case $* in *--unix-socket*) exit 2 ;; esac # one that is too old for it
while [ $# -gt 1 ]; do if [ "$1" = -o ]; then to=$2; fi; shift; done
echo "curl $1" >>/state/calls
case $1 in file://*) cp "\${1#file://}" "$to" ;; *) cp /state/download "$to" ;; esac
`,
  gpg: 'for file; do :; done; echo "pub:-:4096:1:::::"; echo "fpr:::::::::$(cat "$file"):"; echo "sub:-:"; echo "fpr:::::::::0000:"',
  iptables: '',
  groupadd: 'echo "$2:x:999:" >>/etc/group',
};

const PROGRAMS = {
  systemctl: `
unit=/etc/systemd/system/docker.service
[ -e $unit ] || unit=/usr/lib/systemd/system/docker.service
files() { echo $unit; ls /etc/systemd/system/docker.service.d/*.conf 2>/dev/null; }
stop() { [ ! -e /state/pid ] || { kill "$(cat /state/pid)"; while [ -e /state/pid ]; do sleep 0.02; done; }; }
start() {
  [ ! -e /state/pid ] || return 0
  $(cat $(files) | sed -n 's/^ExecStart=//p' | tail -n 1 | sed 's/ [$]DOCKER_OPTS//') >/dev/null 2>>/state/journal &
  for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ -e /state/pid ] && return 0; sleep 0.1; done
  return 1
}
case $* in
  'cat docker.service') for file in $(files); do echo "# $file"; cat "$file"; echo; done; exit ;;
  'show -p ExecStart -p MainPID docker.service')
    echo "MainPID=$(cat /state/pid 2>/dev/null || echo 0)"
    [ -e /usr/sbin/dockerd ] || exit 0
    echo 'ExecStart={ path=/usr/sbin/dockerd ; argv[]=/usr/sbin/dockerd -H fd:// $DOCKER_OPTS ; }'
    exit ;;
  'show -p MainPID --value docker.service') cat /state/pid; exit ;;
  is-enabled*) [ -L ${WANTED} ]; exit ;;
  is-active*) [ -e /state/pid ]; exit ;;
esac
echo "systemctl $*" >>/state/calls
case $* in
  enable*) mkdir -p ${WANTED.replace(/\/[^/]*$/, '')}; ln -s $unit ${WANTED} ;;
  disable*) rm ${WANTED}; rmdir ${WANTED.replace(/\/[^/]*$/, '')} ;;
  start*) start ;;
  stop*) stop ;;
  restart*) [ ! -e /state/limit ] || exit 1; stop; start ;;
  reset-failed*) rm -f /state/limit ;;
esac
`,
  docker: `
case $* in
  *json*)
    echo '{"ServerVersion":"20.10.24+dfsg1","Images":2,"Driver":"overlay2","ContainersRunning":'"$(cat /state/containers),"
    echo '"LiveRestoreEnabled":'"$(cat /state/live)"',"Swarm":{"LocalNodeState":"'"$(cat /state/swarm 2>/dev/null || echo inactive)"'"}}' ;;
  *) cat /state/live ;;
esac
`,
  ...INSTALLERS,
  ufw: `
touch /state/ufw
case $1 in
  status) echo 'Status: active'; echo; while read -r rule; do echo "$rule                   ALLOW       Anywhere"; done </state/ufw ;;
  allow) echo "$2" >>/state/ufw ;;
  delete) grep -vx "$3" /state/ufw >/state/ufw.new; mv /state/ufw.new /state/ufw ;;
esac
`,
  journalctl: 'cat /state/journal',
  'dpkg-query': 'case $1 in -S) echo "docker.io: $2" ;; *) echo 20.10.24+dfsg1-1+deb12u1 ;; esac',
};
