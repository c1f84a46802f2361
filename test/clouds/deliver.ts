import type { ServerResponse } from 'node:http';
import type { Answer, Fault } from './cloud.ts';

/** Sends the answer, or does to it what a test wants. */
export function deliver(response: ServerResponse, answer: Answer, fault?: Fault): void {
  if (fault === 'silence') return;
  const half = Buffer.from(answer.body).subarray(0, answer.body.length / 2);
  if (fault === undefined) send(response, answer);
  else if (typeof fault === 'object') send(response, fault);
  else if (fault === 'half' && half.length > 0) send(response, { ...answer, body: half.toString() });
  else response.destroy();
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers).end(body);
}
