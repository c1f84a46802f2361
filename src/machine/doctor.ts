import { readFile, stat, statfs } from 'node:fs/promises';
import { describe, needsRenewal } from '../certs/index.ts';
import { readContext } from '../context/index.ts';
import { codeOf, hintOf, SlipwayError, sentenceOf } from '../errors.ts';
import { findProgram, output } from '../program.ts';
import { connect } from '../ssh/index.ts';
import { storeId } from '../store/identity.ts';
import { type Listed, listMachines, type Machine } from '../store/machine.ts';
import { engineUrl } from './context.ts';
import { driverOf } from './driving.ts';
import { askEngine } from './engine.ts';
import { knownEndpoint, targetOf } from './host.ts';
import { stateOf } from './list.ts';
import type { Work } from './work.ts';

/** One thing that was looked at. */
export interface Finding {
  /** A machine's name, or "this computer". */
  readonly about: string;
  readonly what: string;
  readonly good: boolean;
  /** What was found. */
  readonly detail: string;
  /** What to do about it, where it is not good. */
  readonly hint?: string;
}

/** Looks at this computer and at every machine, without changing anything. */
export async function examine(work: Work): Promise<Finding[]> {
  const machines = await listMachines(work.store);
  const [here, ...each] = await Promise.all([
    examineComputer(work),
    ...machines.map((listed) => examineMachine(work, listed)),
  ]);
  return [...here, ...each.flat()];
}

type Look = readonly [what: string, look: () => Promise<string>];

/** Every look is a stand-alone question: what it throws is a finding, with its own hint. */
async function findings(about: string, looks: readonly Look[]): Promise<Finding[]> {
  return Promise.all(
    looks.map(async ([what, look]): Promise<Finding> => {
      try {
        return { about, what, good: true, detail: await look() };
      } catch (error) {
        const hint = hintOf(error);
        return { about, what, good: false, detail: sentenceOf(error), ...(hint === undefined ? {} : { hint }) };
      }
    }),
  );
}

async function examineComputer(work: Work): Promise<Finding[]> {
  return findings('this computer', [
    ['docker command line', () => dockerClient()],
    ['OpenSSH client', () => opensshClient(work)],
    ['store', () => storeIsPrivate(work)],
    ['disk space', () => diskSpace(work)],
    ['driver qemu', () => localDriver(work)],
  ]);
}

async function examineMachine(work: Work, listed: Listed): Promise<Finding[]> {
  if ('error' in listed) return findings(listed.name, [['record', () => Promise.reject(listed.error)]]);
  const { machine } = listed;
  const state = stateOf(work, machine);
  const about = await findings(machine.name, [
    ['state', async () => stateIsGood(machine, await state)],
    ...(machine.sshAlias === undefined ? [['certificate', () => certificateIsGood(work, machine)] as const] : []),
    ['context', () => contextIsGood(work, machine)],
  ]);
  const answers = ['Running', 'Unreachable'].includes(await state.catch(() => 'unknown'));
  if (!answers) return about;
  return [
    ...about,
    ...(await findings(machine.name, [
      ['SSH', () => sshAnswers(work, machine)],
      ['engine', async () => `version ${await askEngine(work, machine)}`],
    ])),
  ];
}

async function dockerClient(): Promise<string> {
  return (
    await output('docker', ['--version']).catch((error: unknown) => {
      throw new SlipwayError('missing-program', 'The docker command line is not there', {
        cause: error,
        hint: 'Machines can be made without it, but nothing here can talk to their engines: install docker-cli.',
      });
    })
  ).trim();
}

async function opensshClient(work: Work): Promise<string> {
  const path = await findProgram('ssh', work.env);
  if (path !== undefined) return path;
  throw new SlipwayError(
    'missing-program',
    'There is no ssh program: slipway ssh uses its own, slipway scp cannot copy',
    {
      hint: 'Install the OpenSSH client.',
    },
  );
}

async function storeIsPrivate(work: Work): Promise<string> {
  const found = await stat(work.store.root).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined) return `"${work.store.root}" will be made by the first create`;
  if ((found.mode & 0o077) === 0) return work.store.root;
  throw new SlipwayError('unsafe', `Others can look into "${work.store.root}", where the keys are`, {
    hint: `chmod 700 ${work.store.root}`,
  });
}

const ENOUGH_BYTES = 4 * 2 ** 30;

async function diskSpace(work: Work): Promise<string> {
  const disk = await statfs(work.store.root).catch(() => statfs('/'));
  const free = disk.bavail * disk.bsize;
  const text = `${(free / 2 ** 30).toFixed(1)} GiB free`;
  if (free >= ENOUGH_BYTES) return text;
  throw new SlipwayError('failed', `Only ${text} under "${work.store.root}"`, {
    hint: 'A virtual machine here needs 4 GiB.',
  });
}

async function localDriver(work: Work): Promise<string> {
  const driver = await driverOf(work, { name: 'doctor', driver: 'qemu', flags: {}, created: new Date().toISOString() });
  await driver.check?.();
  return 'virtual machines can be made here';
}

function stateIsGood(machine: Machine, state: string): string {
  const remedies: Readonly<Record<string, string>> = {
    Interrupted: `Remove what is left: slipway rm ${machine.name}`,
    Gone: `Its place knows it no more; forget it: slipway rm ${machine.name}`,
    Unreachable: 'Look whether the host is up, and whether this computer may reach it.',
  };
  const hint = remedies[state];
  if (hint === undefined) return state;
  throw new SlipwayError('failed', state, { hint });
}

async function certificateIsGood(work: Work, machine: Machine): Promise<string> {
  const cert = await readFile(work.store.machine(machine.name).serverCert, 'utf8').catch(() => undefined);
  const hint = `slipway regenerate-certs ${machine.name}`;
  if (cert === undefined) throw new SlipwayError('failed', 'There is none', { hint });
  const until = describe(cert).notAfter.toISOString().slice(0, 10);
  if (needsRenewal(cert)) throw new SlipwayError('failed', `It runs out on ${until}`, { hint });
  return `good until ${until}`;
}

async function contextIsGood(work: Work, machine: Machine): Promise<string> {
  const found = await readContext(machine.context, work.env);
  const hint = `slipway provision ${machine.name} writes it again.`;
  if (found === undefined)
    throw new SlipwayError('failed', `There is no docker context "${machine.context}"`, { hint });
  if (found.owner !== (await storeId(work.store))) {
    throw new SlipwayError('failed', `The docker context "${machine.context}" is not ours`, {
      hint: 'docker context ls',
    });
  }
  if (found.host === engineUrl(machine)) return `"${machine.context}"`;
  throw new SlipwayError(
    'failed',
    `The docker context leads to ${found.host}, the machine is at ${engineUrl(machine)}`,
    { hint },
  );
}

async function sshAnswers(work: Work, machine: Machine): Promise<string> {
  const connection = await connect(await targetOf(work, machine, knownEndpoint(machine)), { timeout: 5000 });
  connection.close();
  return 'answers, with the host key that we know';
}
