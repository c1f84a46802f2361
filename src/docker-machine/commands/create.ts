import { type DriverTable, driverModule, driverName } from '../../drivers/index.ts';
import { codeOf, SlipwayError } from '../../errors.ts';
import type { FlagSpecs } from '../../flags.ts';
import { create } from '../../machine/create.ts';
import { bootstrapCertificates } from '../../machine/old-certs.ts';
import type { CreateRequest } from '../../machine/request.ts';
import { readMachine } from '../../store/machine.ts';
import { requestOf } from '../../terminal/create-flags.ts';
import { credentialsIn } from '../../terminal/flags.ts';
import { type Arguments, readArguments, type Values } from '../arguments.ts';
import { type Call, complain, type OldCommand, print, programName, working } from '../call.ts';
import { driverOn, flagsFrom, sharedFlags, swarmFrom } from '../create-flags.ts';
import { reason, sentence, textOf, UsageError, withHelp } from '../errors.ts';
import { helpFlag } from '../globals.ts';
import { commandHelp } from '../help.ts';
import { isThere } from '../machines.ts';
import { certificateLine, oldProgress, type Progress } from '../progress.ts';
import { quoted } from '../template/index.ts';

const command: OldCommand = {
  summary: 'Make a machine and install the engine on it',
  takes: 'NAME',
  flags: sharedFlags,
  raw: true,
  async run(call) {
    const driver = driverName(driverOn(call.words, call.env));
    const specs = await specsOf(driver, call.drivers);
    const flags = [...sharedFlags, ...flagsFrom(specs)];
    const help = () => commandHelp('create', command, flags);
    const read = understood(() => readArguments(call.words, [...flags, helpFlag], call.env), help);
    if (read.flags.help) return void print(help());
    const name = understood(() => nameIn(read), help);
    checkDiscovery(read.flags);
    return make(call, requestFrom(call, name, driver, specs, read));
  },
};

export default command;

/** Not 1: nothing was begun. */
const REFUSED = 3;

async function make(call: Call, request: CreateRequest): Promise<number> {
  const { name } = request;
  const progress = oldProgress(print, true);
  const work = working(call, progress.report);
  if (await isThere(work, name)) {
    const { phase } = await readMachine(work.store, name).catch(() => ({ phase: 'ready' }));
    if (phase === 'ready') throw sentence(`Docker machine "${name}" already exists`);
  }
  if (!request.tls.files) for (const path of await bootstrapCertificates(work)) print(certificateLine(path));
  try {
    await create(work, request);
  } catch (error) {
    if (codeOf(error) === 'bad-input') throw refused(error);
    if (!progress.failed.includes('check')) throw failure(name, error, progress);
    complain(textOf(sentence(`Error with pre-create check: ${quoted(reason(error))}`)));
    return REFUSED;
  }
  const again = `${await programName(call.env)} env ${name}`;
  print(`To see how to connect your Docker Client to the Docker Engine running on this virtual machine, run: ${again}`);
  return 0;
}

function refused(cause: unknown): Error {
  return sentence('Error setting machine configuration from flags provided', cause);
}

/** docker-machine's words for the part of the work that failed. */
function failure(name: string, error: unknown, { begun }: Progress): Error {
  if (codeOf(error) === 'exists') return sentence(`Docker machine "${name}" already exists`);
  const provisioning = begun.includes('look at the host') || begun.includes('write the certificates');
  const where = provisioning ? 'Error running provisioning' : 'Error in driver during machine creation';
  return sentence(`Error creating machine: ${where}`, error);
}

async function specsOf(driver: string, others: DriverTable): Promise<FlagSpecs> {
  const module = await driverModule(driver, others).catch((cause: unknown) => {
    if (codeOf(cause) !== 'not-found') throw cause;
    throw notHere(driver);
  });
  return module.flags;
}

/** Those that docker-machine brought with it, where they are not here. */
const GONE: Readonly<Record<string, string>> = {
  virtualbox: 'Machines on this computer are made by the driver "qemu"',
  hyperv: 'Machines on this computer are made by the driver "qemu"',
  vmwarefusion: 'Machines on this computer are made by the driver "qemu"',
  none: 'For an engine that somebody else set up: docker context create, or the driver "generic" to take its host over',
  rackspace: 'Hosts there can be taken over with the driver "generic"',
  exoscale: 'Hosts there can be taken over with the driver "generic"',
  vmwarevcloudair: 'That cloud is no more',
};

function notHere(driver: string): Error {
  const instead = Object.hasOwn(GONE, driver) ? GONE[driver] : undefined;
  if (instead === undefined) {
    return sentence(
      `Driver "${driver}" not found. Do you have the plugin binary "docker-machine-driver-${driver}" accessible in your PATH?`,
    );
  }
  return new SlipwayError('unsupported', `Driver "${driver}" does not exist any more`, {
    hint: `${instead}.`,
  });
}

function nameIn({ words }: Arguments): string {
  if (words.length > 1) throw sentence(`Invalid command line. Found extra arguments [${words.slice(1).join(' ')}]`);
  const [name = ''] = words;
  if (name === '') throw withHelp('Error: No machine name specified');
  if (/^[a-zA-Z0-9][a-zA-Z0-9\-.]*$/.test(name)) return name;
  throw sentence('Error creating machine: Invalid hostname specified. Allowed hostname chars are: 0-9a-zA-Z . -');
}

function checkDiscovery(flags: Values): void {
  const discovery = String(flags['swarm-discovery']);
  if (discovery === '' || discovery.includes('://')) return;
  throw sentence(`Error parsing swarm discovery: Swarm Discovery URL was in the wrong format: ${discovery}`);
}

function requestFrom(call: Call, name: string, driver: string, specs: FlagSpecs, read: Arguments): CreateRequest {
  const { globals } = call;
  // What was not given is for the driver to decide: `false` would be a decision.
  const said = Object.entries(read.flags).filter(([flag, value]) => value !== false || read.given.includes(flag));
  const own = Object.fromEntries(said);
  const credentials = credentialsIn(specs, own);
  Object.assign(process.env, credentials);
  const typed = Object.entries(own).filter(([flag]) => specs[flag]?.credential && read.given.includes(flag));
  const tls = ['tls-ca-cert', 'tls-ca-key', 'tls-client-cert', 'tls-client-key'];
  const files = Object.fromEntries(tls.map((flag) => [flag, globals[flag]]));
  const swarm = swarmFrom(read.flags);
  return {
    ...requestOf(
      name,
      { ...own, ...files, driver, 'keep-on-failure': false } as Parameters<typeof requestOf>[1],
      specs,
    ),
    installUrl: String(read.flags['engine-install-url']),
    ...(typed.length > 0 ? { credentials: Object.fromEntries(typed) as Record<string, string> } : {}),
    ...(swarm ? { swarm } : {}),
  };
}

/** As it is, with the help text of this driver for words that are not understood. */
function understood<T>(read: () => T, help: () => string): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UsageError) error.help = help();
    throw error;
  }
}
