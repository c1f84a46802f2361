import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { cloudConfig, cloudInitFile, userData } from '../../src/provision/cloudinit.ts';
import { pem } from './samples.ts';

const first = {
  hostname: 'dev',
  user: 'slipway',
  publicKey: 'ssh-ed25519 AAAA slipway dev\n',
  hostKey: { privateKey: pem('OPENSSH PRIVATE KEY'), publicKey: 'ssh-ed25519 BBBB bootstrap\n' },
};

/** A MIME archive, read by a library that is not ours. */
const READER = `
import email, json, sys
message = email.message_from_string(sys.stdin.read())
print(json.dumps([[p.get_content_type(), p.get_filename(), p['Merge-Type'], p.get_payload(decode=True).decode()] for p in message.get_payload()]))
`;

async function partsOf(document: string): Promise<string[][]> {
  const child = spawn('python3', ['-c', READER], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(document);
  return JSON.parse(await text(child.stdout));
}

test("the user's own files come after ours, as what cloud-init takes them for", async () => {
  const script = cloudInitFile('hook "1".sh', '#!/bin/sh\necho ü\n');
  const config = cloudInitFile('more.yaml', '#cloud-config\nusers: [me]\n');
  const parts = await partsOf(userData(first, [script, config]));
  const merge = 'list(append)+dict(no_replace,recurse_list)+str()';
  expect(parts).toEqual([
    ['text/cloud-config', 'slipway', merge, cloudConfig(first)],
    ['text/x-shellscript', 'hook__1_.sh', null, '#!/bin/sh\necho ü\n'],
    ['text/cloud-config', 'more.yaml', merge, '#cloud-config\nusers: [me]\n'],
  ]);
});

test('without files of the user there is our document alone', () => {
  expect(userData(first, [])).toBe(cloudConfig(first));
});

test('what cloud-init would pass over is refused', () => {
  expect(() => cloudInitFile('notes.txt', 'hello\n')).toThrow(expect.objectContaining({ code: 'bad-input' }));
});

test('the first boot makes one user, and shows the host key that we know', () => {
  const document = cloudConfig(first);
  expect(document.startsWith('#cloud-config\n')).toBe(true);
  expect(JSON.parse(document.slice(document.indexOf('\n')))).toEqual({
    hostname: 'dev',
    manage_etc_hosts: 'localhost',
    users: [
      {
        name: 'slipway',
        sudo: 'ALL=(ALL) NOPASSWD:ALL',
        lock_passwd: true,
        shell: '/bin/bash',
        ssh_authorized_keys: ['ssh-ed25519 AAAA slipway dev'],
      },
    ],
    ssh_keys: { ed25519_private: pem('OPENSSH PRIVATE KEY'), ed25519_public: 'ssh-ed25519 BBBB bootstrap' },
    ssh_pwauth: false,
    disable_root: true,
    package_update: false,
    package_upgrade: false,
    growpart: { mode: 'auto', devices: ['/'] },
    resize_rootfs: true,
  });
});

test('a machine that goes by itself is told so before anything else is done, at each boot', () => {
  const document = cloudConfig({ ...first, timer: { born: 'dev@1', ends: 1795330102 } });
  const config = JSON.parse(document.slice(document.indexOf('\n')));
  expect(Object.keys(config)[0]).toBe('bootcmd');
  expect(config.bootcmd).toEqual([expect.stringContaining('ends=1795330102\nidle=0\n')]);
});
