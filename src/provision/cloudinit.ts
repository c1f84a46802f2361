import { SlipwayError } from '../errors.ts';
import { armTimer, type Timer } from './lifetime.ts';

/** What a new machine's first boot shall bring about. */
export interface FirstBoot {
  hostname: string;
  /** Made with password-less sudo, and no password of its own. */
  user: string;
  /** The line for authorized_keys. */
  publicKey: string;
  /** The key with which the host shows itself at the first connection; OpenSSH's formats. */
  hostKey: { privateKey: string; publicKey: string };
  /** When the machine switches itself off; absent for one that stays. */
  timer?: Timer;
}

/** A cloud-init document for it, in JSON, which is YAML. As secret as the host key in it. */
export function cloudConfig({ hostname, user, publicKey, hostKey, timer }: FirstBoot): string {
  const config = {
    ...(timer ? { bootcmd: [armTimer(timer)] } : {}),
    hostname,
    manage_etc_hosts: 'localhost', // sudo looks its host up
    users: [
      {
        name: user,
        sudo: 'ALL=(ALL) NOPASSWD:ALL',
        lock_passwd: true,
        shell: '/bin/bash',
        ssh_authorized_keys: [publicKey.trim()],
      },
    ],
    ssh_keys: { ed25519_private: hostKey.privateKey, ed25519_public: hostKey.publicKey.trim() },
    ssh_pwauth: false,
    disable_root: true,
    package_update: false,
    package_upgrade: false,
    growpart: { mode: 'auto', devices: ['/'] },
    resize_rootfs: true,
  };
  return `#cloud-config\n${JSON.stringify(config, undefined, 2)}\n`;
}

/** A file of the user's for the first boot. */
export interface CloudInitFile {
  readonly name: string;
  /** The MIME type by which cloud-init knows what to do with it. */
  readonly type: string;
  readonly text: string;
}

/** How cloud-init tells its kinds of user data apart: by their first line. */
const KINDS: readonly (readonly [string, string])[] = [
  ['#cloud-config', 'text/cloud-config'],
  ['#!', 'text/x-shellscript'],
  ['#include', 'text/x-include-url'],
  ['#cloud-boothook', 'text/cloud-boothook'],
  ['#part-handler', 'text/part-handler'],
  ['## template: jinja', 'text/jinja2'],
];

/** @throws SlipwayError `bad-input` for a text that cloud-init would pass over */
export function cloudInitFile(name: string, text: string): CloudInitFile {
  const kind = KINDS.find(([start]) => text.startsWith(start));
  if (kind) return { name, text, type: kind[1] };
  throw new SlipwayError('bad-input', `"${name}" is nothing that cloud-init knows`, {
    hint: `Its first line must begin with one of: ${KINDS.map(([start]) => start).join('  ')}`,
  });
}

/**
 * The document for the first boot: ours alone, or a MIME archive with the user's own after it. Of two that contradict
 * each other ours holds, and lists are joined, so that nobody locks us out unawares.
 */
export function userData(first: FirstBoot, files: readonly CloudInitFile[]): string {
  const own = cloudConfig(first);
  if (files.length === 0) return own;
  const parts = [{ name: 'slipway', type: 'text/cloud-config', text: own }, ...files].map(mimePart);
  return [
    `Content-Type: multipart/mixed; boundary="${BOUNDARY}"`,
    'MIME-Version: 1.0',
    '',
    ...parts.flatMap((part) => [`--${BOUNDARY}`, part]),
    `--${BOUNDARY}--`,
    '',
  ].join('\n');
}

/** Base64 lines, in which the parts are, cannot hold it. */
const BOUNDARY = '==slipway==';

function mimePart({ name, type, text }: CloudInitFile): string {
  const merge = type === 'text/cloud-config' ? ['Merge-Type: list(append)+dict(no_replace,recurse_list)+str()'] : [];
  const lines =
    Buffer.from(text)
      .toString('base64')
      .match(/.{1,76}/g) ?? [];
  return [
    `Content-Type: ${type}; charset="utf-8"`,
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: attachment; filename="${name.replace(/[^\w.-]/g, '_')}"`,
    ...merge,
    '',
    ...lines,
  ].join('\n');
}
