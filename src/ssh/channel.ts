import type { Duplex } from 'node:stream';
import { SlipwayError } from '../errors.ts';
import type { Link } from './link.ts';
import { type Journey, placeOf, StageError } from './stage.ts';

/**
 * Opens a way through a host to a port that it can reach.
 * @throws StageError of `port`; SlipwayError `interrupted`
 */
export function channel(link: Link, host: string, port: number, { limit, signal, onStage }: Journey): Promise<Duplex> {
  onStage?.('port');
  const place = `"${placeOf(host, port)}"`;
  return new Promise((resolve, reject) => {
    const abort = () => reject(new SlipwayError('interrupted', `Interrupted while connecting to ${place}`));
    const silence = () => reject(new StageError('port', 'timeout', `${place} does not answer "${link.place}"`));
    const timer = setTimeout(silence, limit);
    signal?.addEventListener('abort', abort, { once: true });
    link.client.forwardOut('127.0.0.1', 0, host, port, (error, way) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      if (error) reject(refused(place, link.place, error));
      else resolve(way);
    });
  });
}

/** RFC 4254, section 5.1. */
const PROHIBITED = 1;

function refused(place: string, via: string, cause: Error & { reason?: number }): StageError {
  const may = cause.reason !== PROHIBITED;
  return new StageError('port', may ? 'refused' : 'unsupported', `"${via}" does not lead to ${place}`, {
    cause,
    hint: may
      ? 'Check that the host is on, and that the host in between can reach it.'
      : 'Let the host in between forward: AllowTcpForwarding in its sshd_config.',
  });
}
