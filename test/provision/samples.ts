import type { Facts } from '../../src/provision/facts.ts';
import { readSystem } from '../../src/provision/system.ts';
import type { EngineWish, Wish } from '../../src/provision/wish.ts';

/** The lines of os-release that matter, as these systems have them. */
export const osReleases = {
  debian: `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION_CODENAME=bookworm
ID=debian`,
  ubuntu: `PRETTY_NAME="Ubuntu 24.04.1 LTS"
VERSION_ID="24.04"
VERSION_CODENAME=noble
ID=ubuntu
ID_LIKE=debian
UBUNTU_CODENAME=noble`,
  rocky: `NAME="Rocky Linux"
ID="rocky"
ID_LIKE="rhel centos fedora"
VERSION_ID="9.4"
PRETTY_NAME="Rocky Linux 9.4 (Blue Onyx)"`,
  fedora: `ID=fedora
VERSION_ID=41
VERSION_CODENAME=""
PRETTY_NAME="Fedora Linux 41 (Cloud Edition)"`,
  amazon: `ID="amzn"
ID_LIKE="fedora"
VERSION_ID="2023"
PRETTY_NAME="Amazon Linux 2023.6.20241111"`,
  sles: `ID="sles"
ID_LIKE="suse"
VERSION_ID="15.6"
PRETTY_NAME="SUSE Linux Enterprise Server 15 SP6"`,
  leap: `ID="opensuse-leap"
ID_LIKE="suse opensuse"
VERSION_ID="15.6"
PRETTY_NAME="openSUSE Leap 15.6"`,
  arch: `ID=arch
PRETTY_NAME="Arch Linux"`,
  alpine: `ID=alpine
VERSION_ID=3.20.3
PRETTY_NAME="Alpine Linux v3.20"`,
} as const;

/** A fresh host without an engine. */
export function freshHost(system: keyof typeof osReleases): Facts {
  return {
    system: readSystem(osReleases[system], 'x86_64'),
    init: system === 'alpine' ? 'openrc' : 'systemd',
    daemonJson: { ours: false },
    confD: { ours: false },
    diskFree: 9000,
    touched: false,
    busy: true,
  };
}

/** The same host with an engine that runs two containers. */
export function hostWithEngine(system: keyof typeof osReleases, owner = 'docker-ce'): Facts {
  return {
    ...freshHost(system),
    engine: {
      path: '/usr/bin/dockerd',
      version: '27.3.1',
      package: owner,
      unit: UNIT,
      running: true,
      args: ['-H', 'fd://', '--containerd=/run/containerd/containerd.sock'],
      containers: 2,
      images: 3,
      swarm: false,
      liveRestore: false,
      storageDriver: 'overlay2',
    },
  };
}

export const plainEngine: EngineWish = { labels: [], env: [], mirrors: [], insecureRegistries: [], options: [] };

export function wishFor(
  engine: Partial<EngineWish> = {},
  rest: Partial<Wish> = {},
): Wish & Required<Pick<Wish, 'tls'>> {
  const tls = { ca: pem('CA'), cert: pem('SERVER'), key: pem('KEY') };
  return { adopted: false, engine: { ...plainEngine, ...engine }, tls, port: 2376, ...rest };
}

export function pem(words: string): string {
  return `-----BEGIN ${words}-----\nAAAA\n-----END ${words}-----\n`;
}

export const UNIT = `# /usr/lib/systemd/system/docker.service
[Unit]
Description=Docker Application Container Engine
[Service]
Type=notify
ExecStart=/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock
ExecReload=/bin/kill -s HUP $MAINPID
`;

/** Texts that a shell, JSON or systemd could take for something else. Each would leave a file "ran" behind if it ran. */
export const hostile: readonly string[] = [
  `it's "quoted" \\ and \\" more`,
  '$(touch /ran) `touch /ran` $HOME ${HOME} $$',
  "'; touch /ran; '",
  '%n %% %h 100%',
  '| touch /ran & # ; > /ran',
  'END',
  'ünïcode 😀 and\ttabs',
];

/** As `hostile`, over several lines: the end of a here-document, and what would run after it. */
export const hostileLines = 'one\nEND\ntouch /ran\n<<END\n"\'\n';
