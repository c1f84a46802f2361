import { isIP, isIPv4 } from 'node:net';
import type { Driver } from '../drivers/driver.ts';
import { SlipwayError } from '../errors.ts';
import type { Machine } from '../store/machine.ts';
import type { Work } from './work.ts';

/** What `create` was told about the machine's own firewall. */
export interface IngressRequest {
  /** Networks or addresses that may reach SSH and the engine; this computer's own address when empty. */
  readonly from: readonly string[];
  /** PORT or PORT/PROTOCOL, for everybody. */
  readonly open: readonly string[];
}

/**
 * Whom the machine's firewall shall admit; undefined where it has none of its own.
 * @throws SlipwayError `bad-input` for what is no network or port, or where there is no firewall to tell it to
 */
export async function ingressFor(work: Work, driver: Driver, request: IngressRequest): Promise<Machine['ingress']> {
  const from = request.from.map(network);
  const open = request.open.map(port);
  if (driver.admit) return { from: from.length > 0 ? from : [await ownNetwork(work)], open };
  const flag = from.length > 0 ? '--allow-from' : '--open-port';
  if (from.length + open.length === 0) return undefined;
  throw new SlipwayError('bad-input', `${flag} is for a firewall of the machine's own, and it would have none`, {
    hint: 'Open the port where that is decided: in the group or on the host that you named.',
  });
}

/** Where this computer's connections come from, as a network of one address. @throws SlipwayError `failed` */
export async function ownNetwork(work: Work): Promise<string> {
  const url = work.env.SLIPWAY_ADDRESS_URL || ADDRESS_URL;
  const timeout = AbortSignal.timeout(ADDRESS_LIMIT);
  const signal = work.signal ? AbortSignal.any([work.signal, timeout]) : timeout;
  try {
    const answer = await fetch(url, { signal });
    const address = (await answer.text()).trim();
    if (!answer.ok || isIP(address) === 0) throw new Error(`${url} answered ${answer.status}, and no address`);
    return network(address);
  } catch (cause) {
    throw new SlipwayError('failed', "This computer's own address, as others see it, could not be found", {
      cause,
      hint: 'Say who may reach the machine: --allow-from 203.0.113.7 (an address, or a network: 203.0.113.0/24)',
    });
  }
}

/** A service of AWS that answers, to everybody, with the address that asked. */
const ADDRESS_URL = 'https://checkip.amazonaws.com';
const ADDRESS_LIMIT = 5000;

/** An address or a network, in CIDR notation. @throws SlipwayError `bad-input` */
export function network(given: string): string {
  const [address = '', bits, ...rest] = given.split('/');
  const most = isIPv4(address) ? 32 : 128;
  const size = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (isIP(address) !== 0 && size <= most && rest.length === 0) return `${address}/${size}`;
  throw new SlipwayError('bad-input', `"${given}" is neither an address nor a network`, {
    hint: 'Write 203.0.113.7, 203.0.113.0/24 or 2001:db8::/48.',
  });
}

function port(given: string): { port: number; protocol: 'tcp' | 'udp' } {
  const [, number, protocol = 'tcp'] = /^(\d{1,5})(?:\/(tcp|udp))?$/.exec(given) ?? [];
  const value = Number(number);
  if (value >= 1 && value <= 65535) return { port: value, protocol: protocol as 'tcp' | 'udp' };
  throw new SlipwayError('bad-input', `"${given}" does not say which port to open`, {
    hint: 'Write PORT or PORT/PROTOCOL: 80, 53/udp.',
  });
}
