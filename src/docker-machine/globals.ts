import type { OldFlag } from './arguments.ts';

/** They stand before the command. */
export const globalFlags: readonly OldFlag[] = [
  { names: ['debug', 'D'], kind: 'bool', env: 'MACHINE_DEBUG', summary: 'Show where an error comes from' },
  {
    names: ['storage-path', 's'],
    kind: 'string',
    env: 'MACHINE_STORAGE_PATH',
    summary: "The store's folder; ~/.docker/machine when absent",
  },
  {
    names: ['tls-ca-cert'],
    kind: 'string',
    env: 'MACHINE_TLS_CA_CERT',
    summary: 'create: the file of your own authority',
  },
  { names: ['tls-ca-key'], kind: 'string', env: 'MACHINE_TLS_CA_KEY', summary: 'create: the file of its key' },
  {
    names: ['tls-client-cert'],
    kind: 'string',
    env: 'MACHINE_TLS_CLIENT_CERT',
    summary: 'create: the file of your own client certificate',
  },
  { names: ['tls-client-key'], kind: 'string', env: 'MACHINE_TLS_CLIENT_KEY', summary: 'create: the file of its key' },
  {
    names: ['github-api-token'],
    kind: 'string',
    env: 'MACHINE_GITHUB_API_TOKEN',
    summary: 'Accepted and ignored: nothing is asked of GitHub',
  },
  {
    names: ['native-ssh'],
    kind: 'bool',
    env: 'MACHINE_NATIVE_SSH',
    summary: 'ssh: use the client of this program even where the system has one',
  },
  {
    names: ['bugsnag-api-token'],
    kind: 'string',
    env: 'MACHINE_BUGSNAG_API_TOKEN',
    summary: 'Accepted and ignored: no reports are sent to anybody',
  },
  { names: ['help', 'h'], kind: 'bool', summary: 'Show this' },
  { names: ['version', 'v'], kind: 'bool', summary: 'Print the version' },
];

/** Every command has it. */
export const helpFlag: OldFlag = { names: ['help', 'h'], kind: 'bool', summary: 'Show this' };
