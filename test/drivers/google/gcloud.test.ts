import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { findProgram, run } from '../../../src/program.ts';
import { useCloud, withMachine } from './cloud.ts';

/**
 * Google's own command line as a judge of the server that the other tests rely on: its message classes refuse answers
 * with wrong types. It is an additional one, since it weighs 500 MB: where it is not installed, this file says so and
 * holds nothing else. The definitions judge everywhere.
 */
const gcloud = await findProgram('gcloud');

const cloud = useCloud();
jest.setTimeout(300_000); // each command starts a Python program of 500 MB
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-gcloud-'));
  await writeFile(join(folder, 'token'), cloud().identity.newToken().token);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function ask(...words: string[]): Promise<string> {
  const env = {
    ...process.env,
    ...cloud().env,
    GOOGLE_APPLICATION_CREDENTIALS: undefined,
    CLOUDSDK_CONFIG: folder,
    CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: join(folder, 'token'),
    CLOUDSDK_CORE_PROJECT: cloud().project,
    CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
    CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: '1',
    CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: '1',
  };
  const { code, stdout, stderr } = await run(gcloud ?? 'gcloud', ['compute', ...words], { env });
  expect({ code, stderr: stderr.match(/ERROR.*/)?.[0] }).toEqual({ code: 0, stderr: undefined });
  return stdout;
}

if (gcloud === undefined) {
  test('gcloud is not installed here: the server is judged by the definitions alone', () => {
    process.stderr.write('gcloud is not installed: it has judged nothing\n');
  });
} else {
  const where = ['--zone', 'us-central1-a'];

  test('gcloud makes, lists, stops, labels and deletes a machine on the server', async () => {
    const image = ['--image-family', 'ubuntu-2404-lts-amd64', '--image-project', 'ubuntu-os-cloud'];
    await ask('instances', 'create', 'web', ...where, '--machine-type', 'e2-micro', ...image, '--tags', 'web');
    expect(await ask('instances', 'list', '--format', 'value(name,status)')).toMatch(/^web\s+RUNNING$/m);
    await ask('instances', 'add-labels', 'web', ...where, '--labels', 'a=b');
    await ask('instances', 'stop', 'web', ...where);
    expect(await ask('instances', 'describe', 'web', ...where, '--format', 'value(status,labels.a)')).toMatch(
      /^TERMINATED\s+b$/m,
    );
    await ask('instances', 'delete', 'web', ...where);
    expect(await cloud().left()).toEqual([]);
  });

  test('gcloud understands what the driver made', async () => {
    await withMachine({ 'google-network': 'own', 'google-static-address': true }, async ({ keyOf }) => {
      const shown = JSON.parse(await ask('instances', 'describe', keyOf('instance'), ...where, '--format', 'json'));
      expect(shown).toMatchObject({ status: 'RUNNING', labels: { 'slipway-key': keyOf('instance') } });
      const lists: readonly [string, string][] = [
        ['firewall-rules', keyOf('guard')],
        ['firewall-rules', keyOf('firewall')],
        ['networks', keyOf('network')],
        ['addresses', keyOf('address')],
        ['disks', keyOf('instance')],
      ];
      for (const [collection, name] of lists) {
        expect(await ask(collection, 'list', '--format', 'value(name)')).toContain(name);
      }
    });
  });
}
