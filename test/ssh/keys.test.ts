import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { output } from '../../src/program.ts';
import { fingerprint, formatPublicKey, generateKey, parsePublicKey, publicKeyOfFile } from '../../src/ssh/index.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-keys-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a new key', () => {
  test('is one that OpenSSH reads, whatever the length of its comment', async () => {
    for (let length = 0; length < 9; length++) {
      const pair = await generateKey('c'.repeat(length));
      const file = join(folder, `key-${length}`);
      await writeFile(file, pair.privateKey, { mode: 0o600 });
      expect((await output('ssh-keygen', ['-y', '-P', '', '-f', file])).trim()).toBe(pair.publicKey);
    }
  });

  test('has the fingerprint that ssh-keygen prints', async () => {
    const { publicKey } = await generateKey('slipway test');
    const file = join(folder, 'printed.pub');
    await writeFile(file, `${publicKey}\n`);
    const printed = `256 ${fingerprint(publicKey)} slipway test (ED25519)\n`;
    expect(await output('ssh-keygen', ['-lf', file])).toBe(printed);
    expect(fingerprint(parsePublicKey(publicKey).blob)).toBe(fingerprint(publicKey));
  });

  test('is another each time, and its comment is one line', async () => {
    expect((await generateKey('')).publicKey).not.toBe((await generateKey('')).publicKey);
    await expect(generateKey('a\nssh-ed25519 AAAA')).rejects.toThrow('one line only');
  });
});

describe("the public half of a file with the user's own key", () => {
  test.each([
    ['ed25519', ['-t', 'ed25519']],
    ['RSA, as PEM', ['-t', 'rsa', '-b', '2048', '-m', 'PEM']],
    ['ECDSA', ['-t', 'ecdsa']],
  ])('is what ssh-keygen tells: %s', async (_, words) => {
    const file = await newFile(words, '');
    const [type, blob] = (await readFile(`${file}.pub`, 'utf8')).split(' ');
    expect((await publicKeyOfFile(file)).split(' ').slice(0, 2)).toEqual([type, blob]);
  });

  test('is not had from a key with a passphrase, nor from what is none', async () => {
    const locked = await newFile(['-t', 'ed25519'], 'secret');
    const failure = { code: 'bad-input', message: `The key "${locked}" cannot be used` };
    await expect(publicKeyOfFile(locked)).rejects.toMatchObject(failure);
    await chmod(`${locked}.pub`, 0o600);
    await expect(publicKeyOfFile(`${locked}.pub`)).rejects.toMatchObject({ code: 'bad-input' });
    await expect(publicKeyOfFile(folder)).rejects.toMatchObject({ code: 'bad-input' });
    await expect(publicKeyOfFile(join(folder, 'none'))).rejects.toMatchObject({ code: 'bad-input' });
  });

  test('is not had from a key that others can read', async () => {
    const open = await newFile(['-t', 'ed25519'], '');
    await chmod(open, 0o644);
    await expect(publicKeyOfFile(open)).rejects.toMatchObject({ code: 'unsafe' });
  });
});

async function newFile(words: readonly string[], passphrase: string): Promise<string> {
  const file = join(folder, `own-${Math.random()}`);
  await output('ssh-keygen', ['-q', ...words, '-N', passphrase, '-f', file]);
  return file;
}

describe('the line of a public key', () => {
  test('is read and written back', async () => {
    const { publicKey } = await generateKey('a comment, with words');
    const key = parsePublicKey(`  ${publicKey}\r\n`);
    expect([key.type, key.comment]).toEqual(['ssh-ed25519', 'a comment, with words']);
    expect(formatPublicKey(key)).toBe(publicKey);
    expect(formatPublicKey({ ...key, comment: '' })).toBe(publicKey.split(' ').slice(0, 2).join(' '));
  });

  test.each(['', 'ssh-ed25519', 'ssh-ed25519 AAAA', 'ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIA==', 'a b c', '-----BEGIN'])(
    'that is %j is refused',
    (line) => {
      expect(() => parsePublicKey(line)).toThrow('is not an SSH public key');
    },
  );

  test('with something between its lines is refused', async () => {
    const { publicKey } = await generateKey('one');
    expect(() => parsePublicKey(`${publicKey}\n${publicKey}`)).toThrow('is not an SSH public key');
  });
});
