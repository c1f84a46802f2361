import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pair } from '../../src/certs/index.ts';
import type { Running } from './server.ts';

/** A web server of openssl that asks for a certificate. It says why it refuses one, as Go's do; Node's just hang up. */
export async function startOpenssl(pair: Pair, trusted: string, ...options: string[]): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-openssl-'));
  const files = { cert: pair.cert, key: pair.key, ca: trusted };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const identity = ['-cert', join(folder, 'cert'), '-key', join(folder, 'key'), '-CAfile', join(folder, 'ca')];
  const mutual = ['-Verify', '1', '-verify_return_error', '-www', ...options];
  const child = spawn('openssl', ['s_server', '-accept', '127.0.0.1:0', ...identity, ...mutual]);
  return {
    port: await portOf(child.stdout),
    async close() {
      child.kill('SIGKILL');
      await once(child, 'close');
      await rm(folder, { recursive: true });
    },
  };
}

/** It prints "ACCEPT 127.0.0.1:12345". */
async function portOf(stdout: AsyncIterable<Buffer>): Promise<number> {
  let text = '';
  for await (const chunk of stdout) {
    text += chunk;
    const port = /^ACCEPT .*:(\d+)$/m.exec(text)?.[1];
    if (port) return Number(port);
  }
  throw new Error(`openssl did not start: ${text}`);
}
