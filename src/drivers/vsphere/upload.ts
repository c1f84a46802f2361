import type { ClientRequest } from 'node:http';
import { request } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { SlipwayError } from '../../errors.ts';
import { answerLimit } from '../patience.ts';
import { failureOfStatus } from './failures.ts';
import { agentOf } from './http.ts';
import type { ImageFile } from './image.ts';
import { dialer, type Server } from './server.ts';

export interface Upload {
  readonly url: URL;
  /** Where the URL is, and how that one's certificate is known. */
  readonly server: Server;
  /** PUT for a file, POST for a disk that is sent as a stream. */
  readonly method: 'PUT' | 'POST';
  /** Is told of bytes that have been sent. */
  readonly heard: (bytes: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** Sends a file to a host of vSphere. @throws SlipwayError where it was not taken, or stood still for too long */
export async function upload(file: ImageFile, { url, server, method, heard, signal }: Upload): Promise<void> {
  const agent = agentOf(await dialer(server));
  const headers = { ...HEADERS[method], 'content-length': file.size };
  const asked = request(url, { agent, method, headers, ...(signal ? { signal } : {}) });
  const limit = answerLimit();
  asked.setTimeout(limit, () =>
    asked.destroy(new SlipwayError('timeout', `Nothing of it was taken for ${limit / 1000} s`)),
  );
  file.content.on('data', (piece: Buffer) => heard(piece.length));
  try {
    const [status] = await Promise.all([statusOf(asked), pipeline(file.content, asked)]);
    if (status >= 300) throw failureOfStatus(status);
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    if (signal?.aborted) throw new SlipwayError('interrupted', `Interrupted while "${file.name}" was sent`);
    throw new SlipwayError('refused', `"${file.name}" could not be sent to "${server.host}"`, {
      cause: error,
      hint: HINT,
    });
  } finally {
    agent.destroy();
  }
}

function statusOf(asked: ClientRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    asked.once('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.once('error', reject);
  });
}

/** As VMware's own tools send them. */
const HEADERS = {
  POST: { 'content-type': 'application/x-vnd.vmware-streamVmdk' },
  PUT: { 'content-type': 'application/octet-stream', overwrite: 't' },
};

/** Disks are taken by the hosts, not by the vCenter. */
const HINT = 'It is sent to the ESXi host itself: this computer must reach its port 443.';
