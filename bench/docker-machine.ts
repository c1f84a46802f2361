import { createAuthority, createServer } from '../src/certs/index.ts';
import { run } from '../src/program.ts';

/** A Debian host, as OpenSSH's client reaches it. */
export interface Address {
  readonly host: string;
  readonly port: number;
  /** The file of the key that lets root in. */
  readonly key: string;
  /** Where its engine shall listen. */
  readonly enginePort: number;
}

/**
 * Gives what does to a Debian that runs an engine all that docker-machine's `create` with generic does there: its twenty
 * commands in their order, a log-in of OpenSSH's client each, as it sends them itself. What it does on this computer, and
 * the pauses in which it waits, are left out, so it takes longer than this.
 */
export async function asDockerMachine(address: Address): Promise<() => Promise<void>> {
  const commands = commandsFor(await tlsFor(address.host), address.enginePort);
  return async () => {
    for (const command of commands) await overSsh(address, command);
  };
}

/**
 * Makes the host one that docker-machine can take. It looks for dockerd at one place only; another drop-in would have the last
 * word; and while it has the engine stopped it asks docker for its version, which would start the engine through its socket as
 * it was.
 */
export const READY_FOR_DOCKER_MACHINE = `set -e
ln -sf ../sbin/dockerd /usr/bin/dockerd
rm -f /etc/systemd/system/docker.service.d/theirs.conf
sed -e '/^Requires=docker.socket/d' -e 's# docker.socket##' -e 's#fd://#unix:///run/docker.sock#' \\
  /lib/systemd/system/docker.service >/etc/systemd/system/docker.service
systemctl daemon-reload
systemctl stop docker.socket
systemctl restart docker`;

/** What docker-machine leaves behind when it removes such a machine. */
export const WITHOUT_DOCKER_MACHINE = `set -e
rm -f /etc/docker/ca.pem /etc/docker/server.pem /etc/docker/server-key.pem /etc/systemd/system/docker.service.d/10-machine.conf
systemctl daemon-reload
systemctl reset-failed docker
systemctl restart docker`;

const NAME = 'bench';

interface Tls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

async function tlsFor(host: string): Promise<Tls> {
  const authority = await createAuthority(NAME);
  const server = await createServer(authority, [host]);
  return { ca: authority.cert, cert: server.cert, key: server.key };
}

function commandsFor({ ca, cert, key }: Tls, enginePort: number): string[] {
  const tls =
    '--tlsverify --tlscacert /etc/docker/ca.pem --tlscert /etc/docker/server.pem --tlskey /etc/docker/server-key.pem';
  const listen = `-H tcp://0.0.0.0:${enginePort} -H unix:///var/run/docker.sock`;
  const start = `/usr/bin/dockerd ${listen} --storage-driver overlay2 ${tls} --label provider=generic`;
  const folder = '/etc/systemd/system/docker.service.d';
  const tee = (text: string, path: string) => `printf '%s' '${text}' | sudo tee ${path}`;
  return [
    'exit 0',
    'cat /etc/os-release',
    'type sudo || { apt-get update && apt-get install -y sudo; }',
    `sudo hostname ${NAME} && echo ${NAME} | sudo tee /etc/hostname`,
    `grep -q '${NAME}$' /etc/hosts || echo '127.0.1.1 ${NAME}' | sudo tee -a /etc/hosts`,
    'sudo apt-get update',
    'DEBIAN_FRONTEND=noninteractive sudo -E apt-get install -y curl',
    'type docker',
    'sudo docker version',
    'sudo systemctl -f stop docker',
    'if ip link show docker0; then sudo ip link delete docker0; fi',
    tee(ca, '/etc/docker/ca.pem'),
    tee(cert, '/etc/docker/server.pem'),
    tee(key, '/etc/docker/server-key.pem'),
    'docker --version',
    `sudo mkdir -p ${folder} && ${tee(`[Service]\nExecStart=\nExecStart=${start}\nEnvironment=\n`, `${folder}/10-machine.conf`)}`,
    'sudo systemctl daemon-reload',
    'sudo systemctl -f start docker',
    `ss -tln | grep -q :${enginePort}`,
    'sudo systemctl -f enable docker',
  ];
}

async function overSsh({ host, port, key }: Address, command: string): Promise<void> {
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=quiet', 'ControlPath=none'];
  const words = [...options.flatMap((option) => ['-o', option]), '-F', '/dev/null', '-i', key, '-p', String(port)];
  const { code, stdout, stderr } = await run('ssh', [...words, `root@${host}`, command]);
  if (code !== 0) throw new Error(`"${command}" ended with ${code}:\n${stdout}${stderr}`);
}
