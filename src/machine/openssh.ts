import { replaceFile } from '../files.ts';
import { knownHosts, type SshHost } from '../ssh/index.ts';
import type { Jump, Machine } from '../store/machine.ts';
import { knownEndpoint } from './host.ts';
import { pinnedKeys } from './hostkey.ts';
import type { Work } from './work.ts';

/**
 * Who and where, as OpenSSH's programs need it: every key is named, and nothing of the user's is read or written. The
 * keys that the host must show are put where they look for them.
 */
export async function opensshHost(work: Work, machine: Machine): Promise<SshHost & { readonly alias: string }> {
  const endpoint = knownEndpoint(machine);
  const files = work.store.machine(machine.name);
  const { jump } = machine;
  const known = [
    knownHosts(endpoint.host, endpoint.sshPort, await pinnedKeys(work, machine, endpoint)),
    ...(jump ? [knownHosts(jump.host, jump.port, jump.hostKeys)] : []),
  ];
  await replaceFile(files.knownHosts, known.join(''));
  return {
    alias: machine.name,
    host: endpoint.host,
    port: endpoint.sshPort,
    user: endpoint.sshUser,
    knownHostsFile: files.knownHosts,
    ...fileOf(endpoint.identity ?? { file: files.identity }),
    ...(jump ? { via: jumpHost(jump, files.knownHosts) } : {}),
  };
}

function jumpHost({ host, port, user, identity }: Jump, knownHostsFile: string): SshHost {
  return { host, port, user, knownHostsFile, ...fileOf(identity) };
}

/** Without a file the agent is asked. */
function fileOf(identity: Jump['identity']): { identityFile?: string } {
  return 'file' in identity ? { identityFile: identity.file } : {};
}
