import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type Ec2Cloud, startCloud } from '../clouds/amazonec2/index.ts';
import { newUser } from '../commands/cli.ts';
import { SSH_PORT, type StandIns, startStandIns } from '../hosts/stand-ins.ts';

jest.setTimeout(180_000);

let hosts: StandIns;
let cloud: Ec2Cloud;
/** How many commands a host is told to run while a machine is made of it. */
let commands = 0;

beforeAll(async () => {
  hosts = await startStandIns();
  cloud = await startCloud({ others: hosts.url });
  // The first of all records what the others say.
  const counted = (n: number) => {
    commands = n;
    return undefined;
  };
  expect(await createDisturbed(counted)).toMatchObject({ code: 0 });
  expect(commands).toBeGreaterThan(3);
});

afterAll(async () => {
  await cloud?.close();
  await hosts?.close();
});

test('a connection that is cut at any command of create ends it in a sentence, and nothing is left', async () => {
  const cutAtFirst = await createDisturbed((command) => (command === 1 ? 'drop' : undefined));
  expect(cutAtFirst).toMatchObject({ code: 0 }); // that one asks whether the host is there: it is asked again
  for (let n = 2; n <= commands; n++) {
    const { code, stderr } = await createDisturbed((command) => (command === n ? 'drop' : undefined));
    expect({ n, code, stderr }).toEqual({ n, code: 1, stderr: expect.stringMatching(SENTENCE) });
    expect(stderr).not.toMatch(/Slipway has a fault|undefined|^\s+at /m);
  }
});

test('a host that falls silent is given up', async () => {
  const { code, stderr } = await createDisturbed((command) => (command === commands - 1 ? 'silence' : undefined));
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(SENTENCE) });
});

/** Which host, and that the connection is to blame. */
const SENTENCE = /^Error: .*"slipway@127\.[\d.]+:2222".*$/m;

/** Creates a machine and removes it; what a create that fails leaves is nothing. */
async function createDisturbed(intercept: StandIns['intercept']) {
  const user = await newUser({ ...cloud.env });
  hosts.intercept = intercept;
  try {
    const words = ['--driver', 'amazonec2', '--allow-from', '127.0.0.1', '--amazonec2-ssh-port', String(SSH_PORT)];
    const made = await user.slipway('create', '--quiet', ...words, 'dev');
    if (made.code === 0) expect(await user.slipway('rm', '--yes', 'dev')).toMatchObject({ code: 0 });
    expect(await user.slipway('ls', '--quiet')).toMatchObject({ stdout: '' });
    expect(await cloud.left()).toEqual([]);
    return made;
  } finally {
    hosts.intercept = () => undefined;
    await user.remove();
  }
}
