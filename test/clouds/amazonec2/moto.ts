import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A process of server.py. */
export interface Moto {
  readonly url: string;
  /** The end of what it wrote to its standard error: why it answers 500, for one. */
  said(): string;
  close(): Promise<void>;
}

/**
 * Starts it, with addresses 127.NET.x.y. It ends with this process, however that ends.
 * @throws Error with what Python said, where moto is not installed for instance
 */
export async function startMoto(net: number, guests: string | undefined, instances = 20): Promise<Moto> {
  const program = fileURLToPath(new URL('server.py', import.meta.url));
  const child = spawn(process.env.SLIPWAY_TEST_PYTHON ?? 'python3', [program], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...process.env,
      SLIPWAY_NET: String(net),
      SLIPWAY_INSTANCES: String(instances),
      ...(guests === undefined ? {} : { SLIPWAY_GUESTS: guests }),
    },
  });
  let said = '';
  child.stderr.on('data', (data) => {
    said = (said + data).slice(-4000);
  });
  const port = await portOf(child, () => said);
  return {
    url: `http://127.0.0.1:${port}`,
    said: () => said,
    async close() {
      const ended = once(child, 'exit');
      child.stdin?.end();
      await ended;
    },
  };
}

async function portOf(child: ChildProcess, said: () => string): Promise<number> {
  const first = once(child.stdout as NodeJS.ReadableStream, 'data').then(([data]) => Number(data));
  const failed = once(child, 'exit').then(() => {
    throw new Error(
      `moto's server did not start; python3 needs the package moto[ec2,iam,server] 5.2 or newer:\n${said()}`,
    );
  });
  return Promise.race([first, failed]);
}
