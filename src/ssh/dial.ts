import { connect, isIP, type Socket } from 'node:net';
import { codeOf, SlipwayError } from '../errors.ts';
import { type Journey, placeOf, type Stage, StageError } from './stage.ts';

/**
 * Opens a TCP connection and waits until the other side greets as an SSH server does. The socket comes back paused, the
 * greeting still to be read.
 * @throws StageError of `address`, `port` or `banner`; SlipwayError `interrupted`
 */
export async function dial(host: string, port: number, journey: Journey): Promise<Socket> {
  let stage = 'address' as Stage;
  const reach = (next: Stage) => {
    stage = next;
    journey.onStage?.(next);
  };
  reach(isIP(host) ? 'port' : 'address');
  const socket = connect({ host, port, noDelay: true, autoSelectFamilyAttemptTimeout: FAMILY_LIMIT });
  socket.on('error', () => undefined); // one that comes between two listeners; its close is noticed all the same
  socket.on('lookup', (error) => error || reach('port')).once('connect', () => reach('banner'));
  const answer = await listen(socket, journey);
  if (answer.end === 'greeting') return socket;
  socket.destroy();
  if (answer.end === 'abort') {
    throw new SlipwayError('interrupted', `Interrupted while connecting to "${placeOf(host, port)}"`);
  }
  const accepted = stage === 'banner' || codeOf(answer.error) === 'ECONNRESET'; // cut before we could see it open
  throw accepted ? notSsh(host, port, answer) : unreachable(stage, host, port, answer.error);
}

/** For each address of a host that has several: Node's own quarter of a second does not reach another continent. */
const FAMILY_LIMIT = 2000;

/** More than any server says before its version, where RFC 4253, section 4.2, allows it lines. */
const LONGEST_GREETING = 64 * 1024;

interface Answer {
  end: 'greeting' | 'silence' | 'close' | 'noise' | 'abort';
  heard: Buffer;
  error?: unknown;
}

async function listen(socket: Socket, { limit, signal }: Journey): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer['end']>();
  let heard = Buffer.alloc(0);
  let error: unknown;
  const hear = (chunk: Buffer) => {
    heard = Buffer.concat([heard, chunk]);
    if (/^SSH-/m.test(heard.toString('latin1'))) resolve('greeting');
    else if (heard.length > LONGEST_GREETING) resolve('noise');
  };
  const fail = (reason: unknown) => {
    error = reason;
  };
  const close = () => resolve('close');
  const abort = () => resolve('abort');
  const timer = setTimeout(resolve, limit, 'silence');
  socket.on('data', hear).on('error', fail).on('close', close);
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  const end = await promise;
  clearTimeout(timer);
  signal?.removeEventListener('abort', abort);
  socket.off('data', hear).off('error', fail).off('close', close).pause();
  if (end === 'greeting') socket.unshift(heard);
  return { end, heard, error };
}

function unreachable(stage: Stage, host: string, port: number, cause: unknown): StageError {
  const place = `"${placeOf(host, port)}"`;
  if (stage === 'address') {
    return new StageError('address', 'not-found', `The host name "${host}" leads to no address`, {
      cause,
      hint: 'Check the name, and that this computer can reach its name server.',
    });
  }
  if (codeOf(cause) === 'ECONNREFUSED') {
    return new StageError('port', 'refused', `${place} refuses connections`, {
      cause,
      hint: 'The host may still be starting; otherwise check that its SSH server runs and listens on this port.',
    });
  }
  return new StageError(
    'port',
    cause ? 'refused' : 'timeout',
    `${place} ${cause ? 'cannot be reached' : 'does not answer'}`,
    {
      cause,
      hint: 'Check that the host is on, that the address and port are right, and that no firewall lies between.',
    },
  );
}

function notSsh(host: string, port: number, { end, heard, error }: Answer): StageError {
  const place = `"${placeOf(host, port)}"`;
  if (heard.length > 0) {
    const line = heard.toString('utf8').split(/\r?\n/, 1)[0]?.slice(0, 80);
    return new StageError(
      'banner',
      'refused',
      `${place} does not greet as an SSH server but says ${JSON.stringify(line)}`,
      {
        hint: 'Another service may listen on this port, or the SSH server turns this computer away for a while.',
      },
    );
  }
  const what = end === 'silence' ? 'does not greet as an SSH server' : 'closes them without a greeting';
  return new StageError(
    'banner',
    end === 'silence' ? 'timeout' : 'refused',
    `${place} accepts connections but ${what}`,
    {
      cause: error,
      hint: 'It may still be booting; otherwise check that an SSH server listens on this port.',
    },
  );
}
