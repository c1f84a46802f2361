import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { output } from '../../src/program.ts';
import { knownHosts } from '../../src/ssh/index.ts';
import type { Sshd } from '../hosts/sshd.ts';
import type { Owner } from './owner.ts';

/**
 * Gives the owner a folder ~/.ssh with a key for this server, which is known there; gives the folder. ssh goes by the
 * account's home folder and not by HOME: the owner's programs see this one in its place.
 */
export async function giveOwnSsh(owner: Owner, server: Sshd): Promise<string> {
  const folder = join(owner.home, '.ssh');
  await mkdir(folder, { mode: 0o700 });
  await writeFile(join(folder, 'id_ed25519'), server.client.privateKey, { mode: 0o600 });
  await writeFile(join(folder, 'known_hosts'), knownHosts(server.host, server.port, [server.hostKey]));
  await writeFile(join(folder, 'config'), 'Host *\n  ConnectTimeout 20\n');
  await seeing(owner, folder, 'slipway', `${process.execPath} ${resolve('bin/slipway.js')}`);
  await seeing(owner, folder, 'docker', (await output('sh', ['-c', 'command -v docker'])).trim());
  return folder;
}

async function seeing(owner: Owner, folder: string, program: string, command: string): Promise<void> {
  const script = [
    '#!/bin/sh',
    'home=$(getent passwd "$(id -u)" | cut -d: -f6)/.ssh',
    'mkdir -p "$home"',
    `exec unshare --mount sh -c 'mount --bind "${folder}" "$0" && exec ${command} "$@"' "$home" "$@"`,
    '',
  ];
  await writeFile(join(owner.home, 'bin', program), script.join('\n'), { mode: 0o755 });
}
