import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { output, run } from '../../src/program.ts';
import { fingerprint, generateKey, isRevoked, knownHostKeys, knownHosts } from '../../src/ssh/index.ts';

let one: string;
let two: string;

beforeAll(async () => {
  [one, two] = await Promise.all([newKey(), newKey()]);
});

async function newKey(): Promise<string> {
  return (await generateKey('')).publicKey;
}

/** A known_hosts file with this text, while the work goes on. */
async function withFile<T>(text: string, work: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-hosts-'));
  try {
    await writeFile(join(folder, 'known_hosts'), text);
    return await work(join(folder, 'known_hosts'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('the file that pins a host', () => {
  test('is found again by ssh-keygen, at port 22 and elsewhere', async () => {
    for (const [host, port, name] of [
      ['10.0.0.1', 22, '10.0.0.1'],
      ['Host.example', 2222, '[host.example]:2222'],
      ['::1', 2222, '[::1]:2222'],
    ] as const) {
      const text = knownHosts(host, port, [`${one} comment`, two]);
      const found = await withFile(text, (path) => output('ssh-keygen', ['-F', name, '-f', path]));
      expect(found.match(/ssh-ed25519 \S+/g)).toEqual([one, two]);
      expect(knownHostKeys(text, host, port)).toEqual([one, two]);
    }
  });

  test('takes only keys', () => {
    expect(() => knownHosts('host', 22, ['ssh-ed25519 AAAA\n* ssh-ed25519 BBBB'])).toThrow('is not an SSH public key');
  });
});

describe("a person's known_hosts", () => {
  test.each([
    ['host', 22, 'host'],
    ['HOST', 22, 'host'],
    ['host', 2222, '[host]:2222'],
    ['host', 22, 'other,host,10.0.0.1'],
    ['web1.example.org', 22, '*.example.org'],
    ['web1', 22, 'web?'],
    ['web1.example.org', 2222, '[*.example.org]:2222'],
  ])('knows %s at port %i by "%s"', (host, port, names) => {
    expect(knownHostKeys(`${names} ${one} somebody@there\n`, host, port)).toEqual([one]);
  });

  test.each([
    ['host', 2222, 'host'],
    ['host', 22, '[host]:2222'],
    ['hostess', 22, 'host'],
    ['hostXexample', 22, 'host.example'],
    ['bad.example.org', 22, '*.example.org,!bad.example.org'],
    ['bad.example.org', 22, '!bad.example.org,*'],
    ['host', 22, '#host'],
    ['web10', 22, 'web?'],
  ])('does not know %s at port %i by "%s"', (host, port, names) => {
    expect(knownHostKeys(`${names} ${one}\n`, host, port)).toEqual([]);
  });

  test('is read although its names are hashed', async () => {
    const text = `host,10.0.0.1 ${one}\n[host]:2222 ${two}\n`;
    const hashed = await withFile(text, async (path) => {
      await run('ssh-keygen', ['-H', '-f', path]);
      return readFile(path, 'utf8');
    });
    expect(hashed).not.toContain('host');
    expect(knownHostKeys(hashed, 'host', 22)).toEqual([one]);
    expect(knownHostKeys(hashed, 'Host', 2222)).toEqual([two]);
    expect(knownHostKeys(hashed, '10.0.0.1', 22)).toEqual([one]);
    expect(knownHostKeys(hashed, 'other', 22)).toEqual([]);
  });

  test('may hold comments, empty lines and nonsense, and gives each key once', () => {
    const text = `# ${one}\n\nhost nonsense\nhost ssh-ed25519 AAAA\n|1|x host\r\nhost ${one}\r\n  host\t${two}\nhost ${one}`;
    expect(knownHostKeys(text, 'host', 22)).toEqual([one, two]);
  });

  test('never gives a revoked key, nor that of an authority', () => {
    const text = `host ${one}\nhost ${two}\n@revoked * ${one}\n@cert-authority host ${two}\n`;
    expect(knownHostKeys(text, 'host', 22)).toEqual([two]);
    expect(isRevoked(text, 'host', 22, fingerprint(one))).toBe(true);
    expect(isRevoked(text, 'host', 22, fingerprint(two))).toBe(false);
    expect(knownHostKeys(`@cert-authority * ${one}\n`, 'host', 22)).toEqual([]);
  });
});
