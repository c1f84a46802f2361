import type { Made } from '../driver.ts';
import type { Ec2 } from './client.ts';
import { awsCode } from './failures.ts';

/** What the instance wrote to its console; only types on Nitro can tell the latest, others what was kept at the boot. */
export async function consoleOf(ec2: Ec2, { instance }: Made): Promise<string | undefined> {
  if (instance === undefined) return undefined;
  const api = await ec2();
  const { Output } = await api.consoleOutput({ InstanceId: instance, Latest: true }).catch((error: unknown) => {
    if (awsCode(error) !== 'UnsupportedOperation') throw error;
    return api.consoleOutput({ InstanceId: instance });
  });
  return Output ? Buffer.from(Output, 'base64').toString('utf8') : undefined;
}
