import { isIPv4 } from 'node:net';
import { SlipwayError } from '../../errors.ts';

/** A port of this computer that leads to one of the machine. */
export interface Forward {
  readonly protocol: 'tcp' | 'udp';
  readonly host: string;
  /** 0 lets the system choose a free one. */
  readonly hostPort: number;
  readonly guestPort: number;
}

/** The ports here that lead to the machine's sshd and to its engine. */
export interface Ports {
  readonly ssh: number;
  readonly engine: number;
}

const LOOPBACK = '127.0.0.1';
const SSH = 22;
const ENGINE = 2376;

/** The forward that `[ADDRESS:]HOST:GUEST[/PROTOCOL]` asks for; without address only this computer reaches it. */
export function published(given: string): Forward {
  const match = /^(?:([\d.]+):)?(\d{1,5}):(\d{1,5})(?:\/(tcp|udp))?$/.exec(given);
  const [host = LOOPBACK, hostPort, guestPort, protocol = 'tcp'] = match?.slice(1) ?? [];
  if (match && isIPv4(host) && isPort(hostPort) && isPort(guestPort)) {
    return {
      protocol: protocol as Forward['protocol'],
      host,
      hostPort: Number(hostPort),
      guestPort: Number(guestPort),
    };
  }
  throw new SlipwayError('bad-input', `"${given}" does not say which port to publish`, {
    hint: 'Say [ADDRESS:]HOST:GUEST[/tcp|/udp]: 8080:80, or 0.0.0.0:8080:80/tcp',
  });
}

/** The forwards that every machine has, to these ports or to such as the system chooses. */
export function ownForwards({ ssh, engine }: Ports = { ssh: 0, engine: 0 }): Forward[] {
  return [
    { protocol: 'tcp', host: LOOPBACK, hostPort: ssh, guestPort: SSH },
    { protocol: 'tcp', host: LOOPBACK, hostPort: engine, guestPort: ENGINE },
  ];
}

/** The forward in the words of QEMU's `-netdev user`. */
export function hostfwd({ protocol, host, hostPort, guestPort }: Forward): string {
  return `hostfwd=${protocol}:${host}:${hostPort}-:${guestPort}`;
}

/**
 * The ports that a running machine's own forwards really have, out of what QEMU's monitor prints for `info usernet`:
 * lines of `TCP[HOST_FORWARD]  15  127.0.0.1 36435  10.0.2.15  22 …`. Published ports may lead to the same places.
 */
export function portsIn(usernet: string, publish: readonly Forward[]): Ports | undefined {
  const rows = usernet.matchAll(/TCP\[HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)\s+\S+\s+(\d+)/g);
  const own = [...rows].filter(([, here]) => !publish.some(({ hostPort }) => hostPort === Number(here)));
  const hostPorts = new Map(own.map(([, here, there]) => [Number(there), Number(here)]));
  const [ssh, engine] = [hostPorts.get(SSH), hostPorts.get(ENGINE)];
  return ssh === undefined || engine === undefined ? undefined : { ssh, engine };
}

function isPort(word: string | undefined): boolean {
  const port = Number(word);
  return port >= 1 && port <= 65535;
}
